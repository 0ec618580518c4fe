"""What a tracker is told of a finished experiment, read from its outputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from enerqis.core.tables import EQUITY
from enerqis.io.parquet import read_table
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.runner import Done
from enerqis.tracking.record import RunRecord, flatten, thin

PARITY_FILE, GATE_FILE = "parity.json", "gate.json"


@dataclass(frozen=True)
class Outputs:
    """Where the outputs of one experiment lie.

    Parameters
    ----------
    experiment, dataset : str
        Names.
    parquet, features, backtest, page : Path
        Folders with a receipt.
    parity : Path or None
        JSON file; None where the run was not held against the other engine.
    gate : Path or None
        JSON file; None where no gate was held against the run.
    metrics : Path
        JSON file.
    plots : Path
        Folder of the small plot tables.
    """

    experiment: str
    dataset: str
    parquet: Path
    features: Path
    backtest: Path
    page: Path
    parity: Path | None
    gate: Path | None
    metrics: Path
    plots: Path

    @classmethod
    def placed(cls, project: Project, *, experiment: str, dataset: str) -> Outputs:
        """Return where `dvc repro` places the outputs."""
        data = project.data
        return cls(
            experiment,
            dataset,
            parquet=data / "parquet" / dataset,
            features=data / "features" / experiment,
            backtest=data / "backtest" / experiment,
            page=data / "report" / experiment,
            parity=data / "parity" / f"{experiment}.json",
            gate=data / "gate" / f"{experiment}.json",
            metrics=data / "metrics" / f"{experiment}.json",
            plots=data / "metrics" / experiment,
        )

    @classmethod
    def of_run(cls, stages: Mapping[str, Done], *, experiment: str, dataset: str) -> Outputs:
        """Return where the results of stages lie that ran in this process."""
        report = stages["report"].folder
        return cls(
            experiment,
            dataset,
            parquet=stages["ingest"].folder,
            features=stages["features"].folder,
            backtest=stages["backtest"].folder,
            page=report / "page",
            parity=stages["parity"].folder / PARITY_FILE if "parity" in stages else None,
            gate=stages["gate"].folder / GATE_FILE if "gate" in stages else None,
            metrics=report / "metrics.json",
            plots=report,
        )

    def equity(self) -> pa.Table:
        """Return the equity curve of the backtest."""
        return read_table(self.backtest / "equity.parquet", EQUITY)

    def figures(self) -> dict[str, float]:
        """Return the figures by name."""
        content: dict[str, Any] = json.loads(self.metrics.read_text(encoding="utf-8"))
        figures: dict[str, float] = content["metrics"]
        return figures

    def held(self) -> dict[str, Any]:
        """Return what holding the run against the other engine gave; empty where it was not."""
        return json.loads(self.parity.read_text(encoding="utf-8")) if self.parity else {}

    def gated(self) -> dict[str, Any]:
        """Return what the gates say; empty where none was held against the run."""
        return json.loads(self.gate.read_text(encoding="utf-8")) if self.gate else {}


def record_of(outputs: Outputs) -> RunRecord:
    """Return the record of one finished experiment.

    Raises
    ------
    StageError
        If one of its outputs is missing.
    """
    found = {
        "ingest": receipts.read(outputs.parquet),
        "features": receipts.read(outputs.features),
        "backtest": receipts.read(outputs.backtest),
        "report": receipts.read(outputs.page),
    }
    equity = outputs.equity()
    ts = equity.column("ts").cast(pa.int64()).to_numpy()
    return RunRecord(
        experiment=outputs.experiment,
        stage_ids={stage: receipt["stage_id"] for stage, receipt in found.items()},
        params=flatten(found["report"]["spec"]["resolved"]),
        dataset=outputs.dataset,
        dataset_sha256=found["ingest"]["result_sha256"],
        metrics=outputs.figures(),
        equity=thin(ts, equity.column("equity").to_numpy()),
        report=outputs.page / "index.html",
        tags={f"enerqis.result.{stage}": receipt["result_sha256"] for stage, receipt in found.items()},
    )
