"""Stage report: figures, small plot tables and the page a person reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from enerqis.core import tables
from enerqis.engines.kernel import run_indicators
from enerqis.engines.panel import rows_from_series
from enerqis.ingestion.manifest import read_manifest
from enerqis.interfaces.metric import Evidence, Metric, MetricParams, evidence_from, figures
from enerqis.interfaces.report import ReportContent, ReportParams
from enerqis.interfaces.strategy import StrategyParams, series_of
from enerqis.io.hashing import file_digest
from enerqis.io.parquet import read_table
from enerqis.io.plugins import revive
from enerqis.io.trial_key import trial_key
from enerqis.pages.plot_tables import plot_tables
from enerqis.pages.record import Record
from enerqis.pages.verdict import verdict_figures
from enerqis.pipeline import receipts
from enerqis.pipeline.known_trials import known_trials, own_trial, searched_trials, trials_digest, trials_elsewhere
from enerqis.pipeline.market import load_bars, load_panel, with_features
from enerqis.pipeline.sessions import calendar_sessions
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.quant.trial_count import Elsewhere, Figures, TrialCount, count_trials
from enerqis.spec.base import Spec
from enerqis.spec.universe import Universe

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS = ("parquet", "processed", "features", "backtest", "validate", "parity")
OPTIONAL = ("validate", "parity")
"""Inputs that a run may be without: a try-out is not held against the other engine, and seldom validated."""
SHOWS = ("processed", "backtest")
KEEPS_OWN_OUTS = False
PAGE = "page/index.html"
METRICS = "metrics.json"
OUTS = (
    Out("page", "data/report/{name}", "file"),
    Out(METRICS, "data/metrics/{name}.json", "inside"),
    Out("equity.csv", "data/metrics/{name}/equity.csv", "beside"),
    Out("drawdown.csv", "data/metrics/{name}/drawdown.csv", "beside"),
    Out("monthly.csv", "data/metrics/{name}/monthly.csv", "beside"),
)
RESULT_TABLES = ("orders", "fills", "equity")


class ReportSlice(Spec):
    """What this stage reads of an experiment."""

    universe: Universe
    strategy: dict[str, Any]
    metric: dict[str, dict[str, Any]]
    report: dict[str, Any]
    resolved: dict[str, Any]
    experiment: str
    question: str
    trial: str
    dataset_name: str = ""


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def governed(work: Work) -> dict[str, str]:
    """Return the hash of the other trials that are recorded on the dataset's content, and how many stand on others of its."""
    spec = work.read(ReportSlice)
    elsewhere = _elsewhere(work, spec)
    told = {"trials elsewhere": f"{elsewhere.trials} on {elsewhere.contents}"} if elsewhere.trials else {}
    return {"trials": trials_digest(_other_trials(work, spec)[1])} | told


def _other_trials(work: Work, spec: ReportSlice) -> tuple[str, list[Figures]]:
    """Return the key of this trial, and the figures of the others: recording one's own changes no report."""
    content = receipts.read(work.inputs["parquet"])["outputs"]["parquet"]
    key = trial_key(spec.trial, content)
    return key, [each for each in known_trials(work.project.root, content) if each.key != key]


def _elsewhere(work: Work, spec: ReportSlice) -> Elsewhere:
    content = receipts.read(work.inputs["parquet"])["outputs"]["parquet"]
    return trials_elsewhere(work.project.root, spec.dataset_name, content)


def compute(work: Work, folder: Path) -> Outcome:
    """Write the page, the figures and the plot tables of one experiment."""
    spec = work.read(ReportSlice)
    content = _content(work, spec)
    page = revive("reports", spec.report["kind"], spec.report, ReportParams, work.project.plugins)
    files = {
        PAGE: page.module.render(page.params, content),
        METRICS: receipts.text(_figures(content)),
        **plot_tables(content.evidence),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    outputs = {name: file_digest(folder / name) for name in files}
    record = Record.of(content.evidence.sessions)
    facts = {
        "trades": content.evidence.trades.num_rows,
        "figures": len(content.metrics),
        "record": record and record._asdict(),
    }
    return Outcome(result_digest(outputs), outputs, facts)


def _figures(content: ReportContent) -> dict[str, Any]:
    """Return what git keeps: the metrics, and the verdict of a run that was validated."""
    verdict = verdict_figures(content.validation, content.trials)
    return {"metrics": dict(content.metrics), **({"validation": verdict} if verdict else {})}


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of the page."""
    return outputs[PAGE]


def content_digest(result: Result, file: str) -> str:
    """Return the hash of one file of a finished result, as it lies there now."""
    return result.digest(file)


def _content(work: Work, spec: ReportSlice) -> ReportContent:
    bars = load_bars(work.inputs["parquet"], spec.universe)
    evidence = _evidence(work, spec, bars)
    metrics = {}
    for name, params in spec.metric.items():
        plugged = revive("metrics", params["kind"], params, MetricParams, work.project.plugins)
        metrics[name] = (cast(Metric, plugged.module), cast(MetricParams, plugged.params))
    validation = _validation(work)
    return ReportContent(
        experiment=spec.experiment,
        question=spec.question,
        bars=bars,
        indicators=_indicators(work, spec),
        evidence=evidence,
        metrics=figures(metrics, evidence),
        quality=read_manifest(work.inputs["processed"]).model_dump(mode="json"),
        spec=spec.resolved,
        receipt=receipts.read(work.inputs["backtest"]),
        currency=spec.resolved["execution"]["currency"],
        parity=_parity(work.inputs["parity"]) if "parity" in work.inputs else {},
        trials=_counted(work, spec, validation, evidence.sessions_per_year),
        validation=validation,
        paths=_paths(work),
    )


def _counted(work: Work, spec: ReportSlice, validation: Mapping[str, Any], sessions_per_year: float) -> TrialCount:
    """Return the count of trials: those recorded, those that its search ran, and this one; ratios are per session."""
    key, others = _other_trials(work, spec)
    own = own_trial(key, receipts.read(work.inputs["backtest"]))
    counted = count_trials([*others, *searched_trials(validation), own], periods_per_year=sessions_per_year)
    return replace(counted, elsewhere=_elsewhere(work, spec))


def _parity(result: Path) -> dict[str, Any]:
    """Return what the stage `parity` found: the placed file, or the folder of its result in the store."""
    path = result if result.suffix == ".json" else result / "parity.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _validation(work: Work) -> dict[str, Any]:
    """Return what the stage `validate` found; empty where it did not run."""
    if "validate" not in work.inputs:
        return {}
    content: dict[str, Any] = json.loads((work.inputs["validate"] / "validation.json").read_text(encoding="utf-8"))
    return content


def _paths(work: Work) -> pa.Table | None:
    """Return the paths of the cross-validation; None where there are none."""
    if "validate" not in work.inputs or not (work.inputs["validate"] / "paths.parquet").is_file():
        return None
    return read_table(work.inputs["validate"] / "paths.parquet", tables.PATHS)


def _evidence(work: Work, spec: ReportSlice, bars: pa.Table) -> Evidence:
    execution = spec.resolved["execution"]
    found = {
        name: read_table(work.inputs["backtest"] / f"{name}.parquet", getattr(tables, name.upper()))
        for name in RESULT_TABLES
    }
    facts = receipts.read(work.inputs["parquet"])["facts"]
    return evidence_from(
        **found,
        bars=bars,
        calendar_sessions=calendar_sessions(facts["calendar"], bars),
        sessions_per_year=facts["sessions_per_year"],
        initial_cash=execution["initial_cash"],
        contract_multiplier=execution["contract_multiplier"],
    )


def _indicators(work: Work, spec: ReportSlice) -> pa.Table:
    """Return the series that the strategy looked at, for the chart."""
    plugged = revive("strategies", spec.strategy["kind"], spec.strategy, StrategyParams, work.project.plugins)
    panel = with_features(load_panel(work.inputs["parquet"], spec.universe), work.inputs["features"])
    calls = series_of(plugged.module, plugged.params)
    values = run_indicators(panel, calls, cache_folder=work.project.kernels) if calls else {}
    return rows_from_series(panel, values)
