"""What a tracker is told of finished sweeps: one run for the sweep, with its table, and one for each of its best points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from enerqis.io.parquet import read_any
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.point_table import FIGURES, POINTS_TABLE, parameter_names
from enerqis.pipeline.sweep_views import scores_in
from enerqis.tracking.record import RunRecord, SweepRecord, flatten

BEST = 10
"""Points of a sweep that have a run of their own; all are in the table."""

BY_WORDS = "multirun"
"""Stage of a sweep that words named; it lies in the store only."""


def sweeps_by_words(project: Project) -> Iterator[tuple[Path, str]]:
    """Yield the folder and the experiment of every finished sweep that words named, in the order of their identities."""
    for path in sorted((project.store / BY_WORDS).glob(f"*/{receipts.RECEIPT_FILE}")):
        yield path.parent, receipts.read(path.parent)["spec"]["experiment"]


def sweep_record(folder: Path, *, name: str, experiment: str, dataset: str) -> SweepRecord:
    """Return what a tracker is told of the sweep in a folder.

    Parameters
    ----------
    folder : Path
        With its table and receipt.
    name, experiment, dataset : str
    """
    receipt, table = receipts.read(folder), read_any(folder / POINTS_TABLE)
    search = receipt["spec"].get("search", {"objective": "sharpe", "direction": "maximize"})
    scores = np.where(table.column("same_as").to_numpy() < 0, scores_in(table, search), np.nan)
    ranked = [int(row) for row in np.argsort(-scores, kind="stable")[:BEST] if np.isfinite(scores[row])]
    content = next((each for each in table.column("content").to_pylist() if each), "")
    stage_id = receipt["stage_id"]
    whole = RunRecord(
        experiment=name,
        stage_ids={receipt["stage"]: stage_id},
        dataset=dataset,
        dataset_sha256=content,
        params={"experiment": experiment, **flatten(_said(receipt["spec"]))},
        metrics={key: float(value) for key, value in receipt["facts"].items()},
        report=folder / POINTS_TABLE,
        tags={"enerqis.result.sweep": receipt["result_sha256"]},
    )
    names, rows = parameter_names(table), table.to_pylist()
    points = [
        RunRecord(
            experiment=f"{name} {place}",
            stage_ids={receipt["stage"]: stage_id, "backtest": rows[row]["run_id"]},
            dataset=dataset,
            dataset_sha256=content,
            params={each: str(rows[row][each]) for each in names},
            metrics={each: float(rows[row][each]) for each in FIGURES if rows[row][each] is not None},
            tags={"enerqis.point": str(row)},
        )
        for place, row in enumerate(ranked, start=1)
    ]
    return SweepRecord(whole, tuple(points))


def _said(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names the points of a sweep: its words, or its search."""
    return {key: spec[key] for key in ("words", "search", "seed") if key in spec}
