"""Negative controls of parity: engines that are wrong on purpose, behind the same interface, are caught and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerqis.costs import per_unit
from enerqis.costs.per_unit import PerUnitParams
from enerqis.engines.kernel import backtest
from enerqis.interfaces.engine import BacktestResult, Job, Plugged
from enerqis.quant.comparison import Books, compare
from tests.engines.scenes import DAY, HOUR, PLAIN, job_of, panel_of

Engine = Callable[[Job, Path], BacktestResult]

CLOSE = [10.0, 11.0, 12.0, 13.0, 12.0, 14.0]
OPEN = [10.0, 10.5, 11.5, 12.5, 12.5, 13.0]
TARGET = [np.nan, 1.0, np.nan, 0.0, np.nan, np.nan]
"""Long after the second close, flat after the fourth: filled at the third and the fifth open."""


def honest(job: Job, folder: Path) -> BacktestResult:
    return backtest(job, cache_folder=folder, build=PLAIN)


def fills_a_bar_late(job: Job, folder: Path) -> BacktestResult:
    return honest(replace(job, execution=job.execution.model_copy(update={"latency_bars": 1})), folder)


def buys_a_hundredth_too_much(job: Job, folder: Path) -> BacktestResult:
    return honest(_with_plan(job, job.panel.features["plan.target"] * 1.01), folder)


def sees_the_next_bar(job: Job, folder: Path) -> BacktestResult:
    plan = job.panel.features["plan.target"]
    return honest(_with_plan(job, np.vstack([plan[1:], plan[-1:]])), folder)


def forgets_the_commission(job: Job, folder: Path) -> BacktestResult:
    return honest(replace(job, commission=Plugged(per_unit, PerUnitParams(commission_per_unit=0.0))), folder)


def _with_plan(job: Job, plan: np.ndarray) -> Job:
    return replace(job, panel=replace(job.panel, features={**job.panel.features, "plan.target": plan}))


def _job() -> Job:
    panel = panel_of(CLOSE, open=OPEN, plan={"target": TARGET})
    commission = Plugged(per_unit, PerUnitParams(commission_per_unit=0.01))
    return job_of(panel, commission=commission, initial_cash=10_000.0, initial_margin_fraction=0.5)


def _books(result: BacktestResult) -> Books:
    return Books(result.orders, result.fills, result.equity, result.positions)


# Worked by hand: 10 000 in cash, 0.01 a unit kept back: 10 000 / (11.5 + 0.01) = 868.8 -> 868 units at the third open, 11.5.
# With a target of 1.01: 10 100 / 11.51 = 877.5 -> 877. A bar late: nothing at the third open. One bar early: the order is made
# at the first close and filled at the second open, 10.5.
FAULTS = [
    (fills_a_bar_late, "fill", 2 * DAY + 14 * HOUR, "", 868.0, None),
    (buys_a_hundredth_too_much, "order", 1 * DAY + 21 * HOUR, "target", 1.0, 1.01),
    (sees_the_next_bar, "order", 0 * DAY + 21 * HOUR, "", None, "sized at fill"),
    (forgets_the_commission, "fill", 2 * DAY + 14 * HOUR, "units", 868.0, 869.0),
]


@pytest.mark.parametrize(("engine", "table", "ts", "field", "left", "right"), FAULTS, ids=lambda each: str(each)[:32])
def test_a_planted_fault_is_caught_and_named(
    tmp_path: Path, engine: Engine, table: str, ts: int, field: str, left: object, right: object
) -> None:
    job = _job()
    found = compare(_books(honest(job, tmp_path)), _books(engine(job, tmp_path)))
    assert found.first is not None
    assert (found.first.table, found.first.ts, found.first.field) == (table, ts, field)
    assert (found.first.left, found.first.right) == (left, right)
    assert found.states is not None


def test_the_honest_engine_agrees_with_itself_in_another_build(tmp_path: Path) -> None:
    job = _job()
    generic = backtest(job, cache_folder=tmp_path, build=PLAIN._replace(is_generic=True))
    assert compare(_books(honest(job, tmp_path)), _books(generic)).is_none
