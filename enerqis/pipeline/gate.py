"""Stage gate: the result of an experiment held against ``.cbr/acceptance_gates.yaml``.

A gate that fails is a result, not a failure of the stage: `promote` refuses by what is written here. Nothing is computed but
the comparison: figures, K and verdict are those that `report` wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.governance.gate_values import Documents, gathered
from enerqis.governance.gates import edges_of, evaluate, gates_digest
from enerqis.ingestion.manifest import read_manifest
from enerqis.io.atomic import write_text
from enerqis.io.hashing import file_digest
from enerqis.pipeline import receipts
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.quant.rounding import written
from enerqis.spec.base import Spec
from enerqis.spec.gates import Gate

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS = ("processed", "backtest", "validate", "parity", "report")
OPTIONAL = ("validate", "parity")
"""Inputs that a run may be without; what they would say is missing then, and its gates fail."""
GATE_FILE = "gate.json"
OUTS = (Out(GATE_FILE, "data/gate/{name}.json", "whole"),)
SHOWS = ("backtest",)
KEEPS_OWN_OUTS = False


class GateSlice(Spec):
    """What this stage reads of the gates and of an experiment."""

    gates: dict[str, Gate]
    explained_rejects: dict[str, int]
    limits: dict[str, float]


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Write what every gate says, and of which run."""
    spec = work.read(GateSlice)
    documents = _documents(work, spec)
    verdicts = evaluate(spec.gates, gathered(documents))
    backtest = documents.backtest
    content = {
        "run_id": backtest["stage_id"],
        "result_sha256": backtest["result_sha256"],
        "dataset_content": backtest["identity"]["data"]["parquet"],
        "trials_count": documents.report.get("validation", {}).get("trials_count"),
        "gates_sha256": gates_digest(work.spec["gates"], spec.explained_rejects),
        "gates": [each.tree() for each in verdicts],
        "edges": {edge: each.tree() for edge, each in edges_of(verdicts).items()},
    }
    write_text(folder / GATE_FILE, receipts.text(written(content)))
    outputs = {GATE_FILE: file_digest(folder / GATE_FILE)}
    failed = sum(not each.is_passed for each in verdicts)
    return Outcome(result_digest(outputs), outputs, {"passed": len(verdicts) - failed, "failed": failed})


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of the file."""
    return outputs[GATE_FILE]


def content_digest(result: Result, file: str) -> str:
    """Return the hash of the file of a finished result, as it lies there now."""
    return result.digest(file)


def _documents(work: Work, spec: GateSlice) -> Documents:
    return Documents(
        report=_read(work, "report", "metrics.json"),
        validate=_read(work, "validate", "validation.json"),
        parity=_read(work, "parity", "parity.json"),
        ingest=read_manifest(work.inputs["processed"]).model_dump(mode="json"),
        backtest=receipts.read(work.inputs["backtest"]),
        limits=spec.limits,
        explained=spec.explained_rejects,
    )


def _read(work: Work, name: str, file: str) -> dict[str, Any]:
    """Return a document of an input: the placed file, or the one in the folder of its result; empty where there is none."""
    if name not in work.inputs:
        return {}
    place = work.inputs[name]
    content: dict[str, Any] = json.loads((place if place.suffix == ".json" else place / file).read_text("utf-8"))
    content.pop("receipt", None)
    return content
