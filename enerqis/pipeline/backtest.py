"""Stage backtest: the strategy, bar by bar, under costs and limits: orders, fills, equity."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.core import tables
from enerqis.engines.choosing import backtest
from enerqis.engines.stand_ins import stand_ins
from enerqis.interfaces.cost import CarryParams, CommissionParams, SlippageParams
from enerqis.interfaces.engine import BacktestResult, Job, Panel
from enerqis.interfaces.risk import LimitParams
from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.hashing import digest, file_digest, table_digest
from enerqis.io.jsonlines import write_audit
from enerqis.io.parquet import read_any, read_table, write_table
from enerqis.io.plugins import Plugged, revive
from enerqis.pipeline import receipts
from enerqis.pipeline.audit import audit_events
from enerqis.pipeline.market import dataset_span, load_panel, with_features
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.quant.columns import integers
from enerqis.quant.return_moments import bar_returns, bars_per_year, moments_of
from enerqis.quant.signatures import signature_of
from enerqis.spec.base import Spec
from enerqis.spec.execution import Execution
from enerqis.spec.universe import Universe

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS = ("parquet", "features")
OUTS = (Out("", "data/backtest/{name}", "file"),)
SHOWS: tuple[str, ...] = ()
KEEPS_OWN_OUTS = False
RESULT_DOMAIN = "enerqis/backtest/1"
AUDIT_FILE = "audit.jsonl"
RESULT_TABLES = ("orders", "fills", "equity")
"""Tables whose content is the result hash."""


class BacktestSlice(Spec):
    """What this stage reads of an experiment."""

    universe: Universe
    strategy: dict[str, Any]
    cost: dict[str, dict[str, Any]]
    risk: dict[str, dict[str, Any] | None]
    execution: Execution
    seed: int


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Run the backtest and write its tables and its audit trail."""
    job = job_of(work, work.read(BacktestSlice))
    result = backtest(job, cache_folder=work.project.kernels)
    outputs = {}
    for name in ("orders", "fills", "equity", "positions", "targets"):
        table = getattr(result, name)
        write_table(table, folder / f"{name}.parquet")
        outputs[f"{name}.parquet"] = table_digest([table], getattr(tables, name.upper()))
    for name, table in result.own_tables.items():
        write_table(table, folder / f"{name}.parquet")
        outputs[f"{name}.parquet"] = table_digest([table], table.schema)
    events = audit_events(result, ingested=receipts.read(work.inputs["parquet"]))
    head = write_audit(folder / AUDIT_FILE, events)
    outputs[AUDIT_FILE] = file_digest(folder / AUDIT_FILE)
    facts = _facts(job, result) | {"returns": returns_facts(job, work.inputs["parquet"])(job, result)}
    return Outcome(result_digest(outputs), outputs, facts, audit=head._asdict())


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of orders, fills and equity, from those of the files."""
    return digest(RESULT_DOMAIN, {name: outputs[f"{name}.parquet"] for name in RESULT_TABLES})


def content_digest(result: Result, file: str) -> str:
    """Return the hash of one file of a finished result, as it lies there now."""
    if file == AUDIT_FILE:
        return result.digest(file)
    schema = getattr(tables, file.removesuffix(".parquet").upper(), None)
    table = read_any(result.path(file)) if schema is None else read_table(result.path(file), schema)
    return table_digest([table], schema or table.schema)


def job_of(work: Work, spec: BacktestSlice) -> Job:
    """Return the job of a slice, on the engine that it names."""
    panel = with_features(load_panel(work.inputs["parquet"], spec.universe), work.inputs["features"])
    calendar = receipts.read(work.inputs["parquet"])["facts"]["calendar"]
    return job_on(panel, spec, plugins=work.project.plugins, calendar=calendar)


def job_on(panel: Panel, spec: BacktestSlice, *, plugins: Path, calendar: str) -> Job:
    """Return the job of a slice over a panel that is read already."""

    def plug(family: str, params: dict[str, Any], base: type[Spec]) -> Plugged:
        return revive(family, params["kind"], params, base, plugins)

    return Job(
        panel=panel,
        strategy=plug("strategies", spec.strategy, StrategyParams),
        commission=plug("costs", spec.cost["commission"], CommissionParams),
        slippage=plug("costs", spec.cost["slippage"], SlippageParams),
        carry=plug("costs", spec.cost["carry"], CarryParams),
        limits={
            kind: revive("risk", kind, params, LimitParams, plugins)
            for kind, params in spec.risk.items()
            if params is not None
        },
        execution=spec.execution,
        seed=spec.seed,
        calendar=calendar,
    )


def _facts(job: Job, result: BacktestResult) -> dict[str, Any]:
    stood_in = stand_ins(job, result.fills)
    return ({} if stood_in is None else {"stand_in_fills": stood_in}) | {
        "bars": int(job.panel.ts.size),
        "symbols": list(job.panel.symbols),
        "orders": result.orders.num_rows,
        "fills": result.fills.num_rows,
        "events": len(result.audit),
        "final_equity": result.equity.column("equity")[-1].as_py(),
    }


def returns_facts(job: Job, parquet: Path) -> Callable[[Job, BacktestResult], dict[str, Any]]:
    """Return what says of a run over the bars of `job` what the trial ledger keeps of its equity curve.

    Returns
    -------
    callable
        From a job over these bars and its result to the moments of its returns per bar, null where not finite, and its
        signature.
    """
    (first_ts, last_ts), facts = dataset_span(parquet), receipts.read(parquet)["facts"]
    per_year = bars_per_year(job.panel.session, sessions_per_year=facts["sessions_per_year"])

    def of(each: Job, result: BacktestResult) -> dict[str, Any]:
        equity, ts = result.equity.column("equity").to_numpy(), integers(result.equity, "ts")
        moments = moments_of(bar_returns(equity), periods_per_year=per_year)
        signature = signature_of(equity, ts, initial=each.execution.initial_cash, first_ts=first_ts, last_ts=last_ts)
        figures = {name: value if math.isfinite(value) else None for name, value in moments._asdict().items()}
        return {**figures, "signature": signature}

    return of
