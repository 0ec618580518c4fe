"""Stage track: finished experiments logged to the tracker, and the page that links them all."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from enerqis.io.atomic import write_text
from enerqis.io.project import Project
from enerqis.pages.gates import gates_line
from enerqis.pages.index import IndexRow, render_index
from enerqis.pages.parity import word
from enerqis.pages.record import Record
from enerqis.pages.templating import script_data
from enerqis.pipeline import receipts
from enerqis.pipeline.records import Outputs, record_of
from enerqis.pipeline.stage import Outcome
from enerqis.pipeline.sweep_records import sweep_record, sweeps_by_words
from enerqis.pipeline.sweep_views import view_of
from enerqis.spec.base import Spec
from enerqis.spec.slices import SliceDocument
from enerqis.spec.tracking import Tracking

INDEX_PAGE = "report/index.html"


class Tracked(Spec):
    """Where one experiment is logged, and what it ran on."""

    dataset: str
    tracking: Tracking


class TrackSlice(Spec):
    """What this stage reads of the project."""

    experiments: dict[str, Tracked]
    sweeps: dict[str, str] = Field(default_factory=dict)


def track(project: Project, document: SliceDocument, *, pins: receipts.Pins) -> Iterator[str]:
    """Log every finished experiment and write the index page; yield a line for each tracker.

    Raises
    ------
    StageError
        If an experiment is not finished, or the tracker refuses.
    """
    spec = TrackSlice.model_validate_json(receipts.text(document.spec))
    outputs = {
        name: Outputs.placed(project, experiment=name, dataset=each.dataset) for name, each in spec.experiments.items()
    }
    for tracking in {each.tracking for each in spec.experiments.values()}:
        chosen = [outputs[name] for name, each in spec.experiments.items() if each.tracking == tracking]
        yield log(chosen, tracking, project)
    sweeps = {name: project.data / "sweep" / name for name in spec.sweeps}
    yield from _log_sweeps(project, spec, sweeps)
    shown = [view_of(folder, name=name, experiment=spec.sweeps[name]) for name, folder in sweeps.items()]
    page = render_index([_row(each) for each in outputs.values()], shown)
    receipt = _receipt(document, outputs, sweeps, page, receipts.details(project, document, pins))
    write_text(project.data / INDEX_PAGE, _with_receipt(page, receipt))
    yield f"track: index of {len(outputs)} experiments"


def _log_sweeps(project: Project, spec: TrackSlice, placed: Mapping[str, Path]) -> Iterator[str]:
    """Log the sweeps of the graph and those in the store that words named, each where its experiment is logged."""
    found = [(name, folder, spec.sweeps[name]) for name, folder in placed.items()]
    found += [(f"{name} by words", folder, name) for folder, name in sweeps_by_words(project)]
    for tracking in {each.tracking for each in spec.experiments.values()}:
        records = [
            sweep_record(folder, name=name, experiment=experiment, dataset=spec.experiments[experiment].dataset)
            for name, folder, experiment in found
            if experiment in spec.experiments and spec.experiments[experiment].tracking == tracking
        ]
        if records:
            from enerqis.tracking.mlflow import log_sweeps

            logged = log_sweeps(records, tracking, project)
            yield f"track: {sum(each.is_new for each in logged)} sweeps logged, {len(logged)} known"


def log(outputs: list[Outputs], tracking: Tracking, project: Project) -> str:
    """Log finished experiments to one tracker, and return a line that says how many were new."""
    from enerqis.tracking.mlflow import log_runs

    logged = log_runs([record_of(each) for each in outputs], tracking, project)
    return (
        f"track: {sum(each.is_new for each in logged)} runs logged, {len(logged)} known to '{tracking.experiment_name}'"
    )


def _row(outputs: Outputs) -> IndexRow:
    receipt = receipts.read(outputs.backtest)
    curve = list(csv.DictReader(io.StringIO((outputs.plots / "equity.csv").read_text(encoding="utf-8"))))
    return IndexRow(
        experiment=outputs.experiment,
        link=f"{outputs.experiment}/index.html",
        dataset=outputs.dataset,
        strategy=receipt["spec"]["strategy"]["kind"],
        run_id=receipt["stage_id"],
        metrics=outputs.figures(),
        parity=word(outputs.held()),
        gates=gates_line(outputs.gated()),
        record=Record.told(receipts.read(outputs.page)["facts"]),
        equity=[float(row["equity"]) for row in curve],
        benchmark=[float(row["benchmark"]) for row in curve],
    )


def _receipt(
    document: SliceDocument,
    outputs: Mapping[str, Outputs],
    sweeps: Mapping[str, Path],
    page: str,
    details: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the receipt of the index page: its data are the results of every backtest, report, gate and sweep."""
    data = {}
    for name, each in outputs.items():
        data[f"backtest/{name}"] = receipts.read(each.backtest)["result_sha256"]
        data[f"report/{name}"] = receipts.read(each.page)["result_sha256"]
        if each.gate:
            data[f"gate/{name}"] = receipts.read(each.gate)["result_sha256"]
    for name, folder in sweeps.items():
        data[f"sweep/{name}"] = receipts.read(folder)["result_sha256"]
    result = hashlib.sha256(page.encode()).hexdigest()
    outcome = Outcome(result, {"index.html": result}, {"experiments": len(outputs)})
    return receipts.receipt("track", receipts.identity(document, data), document, outcome, dict(details))


def _with_receipt(page: str, receipt: dict[str, Any]) -> str:
    """Return the page with its receipt inside, as data that a browser does not show."""
    block = f'<script type="application/json" id="receipt">{script_data(receipt)}</script>\n</body>'
    return page.replace("</body>", block, 1)
