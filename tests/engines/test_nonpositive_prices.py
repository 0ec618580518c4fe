"""Prices of zero and less, such as WTI's of 2020-04-20: nothing is opened at them, what is held is closed; in both engines."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerqis.costs import borrow_rate, funding_rate, per_unit, spread_bps
from enerqis.costs.borrow_rate import BorrowRateParams
from enerqis.costs.funding_rate import FundingRateParams
from enerqis.costs.per_unit import PerUnitParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.engines import kernel, zipline
from enerqis.engines.batching import run_jobs, statistics_of
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.io.plugins import Plugged
from tests.engines.agreement import difference
from tests.engines.scenes import HOUR, PLAIN, fills, job_of, panel_of

NAN = math.nan
FUNDING = Plugged(funding_rate, FundingRateParams(rate_bps=100.0, settlement_hours_utc=(12,)))
BORROW = Plugged(borrow_rate, BorrowRateParams(short_rate=0.1, debit_rate=0.0))


@pytest.mark.parametrize("price", [0.0, -5.0])
@pytest.mark.parametrize("keeps", [True, False])
def test_no_target_is_opened_at_a_price_of_zero_or_less(tmp_path: Path, price: float, keeps: bool) -> None:
    panel = panel_of([10.0, 10.0, price, -7.0], plan={"target": [NAN, 1, NAN, NAN]})
    job = job_of(panel, keep_commission=keeps, lot_step=0.0)
    found = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    assert fills(found) == []
    assert found.orders.column("status").to_pylist() == ["rejected"]
    assert found.equity.column("equity").to_pylist() == [1000.0] * 4


def test_what_is_held_is_closed_below_zero_at_a_worse_price(tmp_path: Path) -> None:
    # 100 units at 10, sold at -5 less 1 % of 5: 1,000 - 1,000 - 505
    costs = Plugged(spread_bps, SpreadBpsParams(half_spread_bps=100.0, slippage_bps=0.0))
    panel = panel_of([10.0, 10.0, 6.0, -5.0], plan={"target": [1, NAN, 0, NAN]})
    job = job_of(panel, slippage=costs, keep_commission=False, cash_shortfall="allow")
    found = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    assert fills(found)[-1] == (3, -100.0, -5.05, "decision")
    assert found.equity.column("cash").to_pylist()[-1] == pytest.approx(1000.0 - 1010.0 - 505.0)
    assert difference(found, zipline.backtest(job, cache_folder=tmp_path)) == ""


def both(folder: Path, job: Job) -> BacktestResult:
    """The result of the kernel, held against that of zipline."""
    found = kernel.backtest(job, cache_folder=folder, build=PLAIN)
    assert difference(found, zipline.backtest(job, cache_folder=folder)) == ""
    return found


def test_what_is_sold_below_zero_is_turned_over_like_anything_else(tmp_path: Path) -> None:
    # 100 units at 10 and back at -5: 1,000 and 500 of 1,000 cash
    panel = panel_of([10.0, 10.0, 6.0, -5.0], plan={"target": [1, NAN, 0, NAN]})
    job = job_of(panel, keep_commission=False, cash_shortfall="allow")
    assert run_jobs([job], cache_folder=tmp_path, build=PLAIN).result.turnover.tolist() == [1.5]
    assert statistics_of(both(tmp_path, job), job).turnover.tolist() == [1.5]


@pytest.mark.parametrize(("shortfall", "units"), [("reduce", [49.0]), ("reject", []), ("allow", [200.0])])
def test_an_order_that_meets_a_price_below_zero_asks_for_margin(
    tmp_path: Path, shortfall: str, units: list[float]
) -> None:
    # 200 units of 5 are ordered; at -20 they are a notional of 4,000. 1,000 carry 49 of 20 and a commission of 0.05 each
    panel = panel_of([5.0, -20.0], plan={"target": [1, NAN]})
    tariff = Plugged(per_unit, PerUnitParams(commission_per_unit=0.05, min_commission=0.0))
    job = job_of(panel, commission=tariff, size_at="decision", keep_commission=False, cash_shortfall=shortfall)
    assert [row[1] for row in fills(both(tmp_path, job))] == units


def test_at_a_price_of_zero_a_unit_costs_its_commission_alone(tmp_path: Path) -> None:
    # 200 units ordered at 5, met at 0: no notional, 6 of commission a unit, of which 1,000 pay 166
    panel = panel_of([5.0, 0.0], plan={"target": [1, NAN]})
    tariff = Plugged(per_unit, PerUnitParams(commission_per_unit=6.0, min_commission=0.0))
    job = job_of(panel, commission=tariff, size_at="decision", keep_commission=False)
    found = both(tmp_path, job)
    assert fills(found) == [(1, 166.0, 0.0, "decision")]
    assert found.equity.column("equity").to_pylist() == [1000.0, 4.0]


def test_margin_of_a_position_below_zero_is_not_there_for_another(tmp_path: Path) -> None:
    # 50 of A, ordered at 5, are a notional of 1,000 at -20: all the equity there is, so that none of B's can be paid
    panel = panel_of([[5.0, 10.0], [-20.0, 10.0]], plan={"target": [[0.25, 0.5], [NAN, NAN]]})
    job = job_of(panel, size_at="decision", keep_commission=False)
    found = both(tmp_path, job)
    assert fills(found) == [(1, 50.0, -20.0, "decision")]
    assert found.orders.column("status").to_pylist() == ["filled", "rejected"]
    assert found.equity.column("gross_exposure").to_pylist() == [0.0, 1.0]


def test_a_position_that_opens_late_and_below_zero_asks_for_margin_at_its_open(tmp_path: Path) -> None:
    # 50 of B at 10, marked at 4: equity 700, of which 0.46 are 80 units. B opens an hour after A, at -4: equity is 300, the
    # 50 held are a notional of 200, and the 100 that are left carry 25 more
    close = [[10.0, 10.0], [10.0, 4.0], [10.0, -4.0]]
    opened = [[10.0, 10.0], [10.0, 10.0], [10.0, -4.0]]
    panel = panel_of(close, open=opened, plan={"target": [[NAN, 0.5], [NAN, 0.46], [NAN, NAN]]})
    late = replace(panel, ts_open=panel.ts_open + np.array([0, HOUR]))
    found = both(tmp_path, job_of(late, size_at="decision", keep_commission=False))
    assert [row[:3] for row in fills(found)] == [(1, 50.0, 10.0), (2, 25.0, -4.0)]


@pytest.mark.parametrize(("carry", "paid"), [(FUNDING, [0.0, 1.0, 0.5]), (BORROW, [0.0, 0.0, 0.0])])
def test_a_long_position_below_zero_pays_as_a_long_one(tmp_path: Path, carry: Plugged, paid: list[float]) -> None:
    # settled at 12 h, between the bars: 1 % of 10 units at the last close, 10 and then -5. It is not lent, so no fee
    panel = panel_of([10.0, 10.0, -5.0, -5.0], plan={"target": [0.1, NAN, NAN, NAN]})
    job = job_of(panel, carry=carry, keep_commission=False)
    assert both(tmp_path, job).equity.column("carry").to_pylist() == [0.0, *paid]
