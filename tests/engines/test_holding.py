"""What holding costs, worked by hand, in both engines."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.costs import borrow_rate, funding_rate, no_carry
from enerqis.costs.borrow_rate import BorrowRateParams
from enerqis.costs.funding_rate import FundingRateParams
from enerqis.costs.no_carry import NoCarryParams
from enerqis.engines import kernel, zipline
from enerqis.engines.holding import settlements_until, spans
from enerqis.interfaces.engine import BacktestResult, Job, Plugged, Span
from tests.engines.agreement import difference
from tests.engines.scenes import DAY, HOUR, PLAIN, job_of, panel_of

NAN = math.nan
# 36.5 % a year is 0.1 % a day
BORROW = Plugged(borrow_rate, BorrowRateParams(short_rate=0.365, debit_rate=0.73, credit_rate=0.0))
FUNDING = Plugged(funding_rate, FundingRateParams(rate_bps=10.0, settlement_hours_utc=(0, 8, 16)))


def both(job: Job, folder: Path) -> BacktestResult:
    """The result of the kernel, held against that of zipline."""
    found = kernel.backtest(job, cache_folder=folder, build=PLAIN)
    assert difference(found, zipline.backtest(job, cache_folder=folder)) == ""
    return found


def column(result: BacktestResult, name: str) -> list[float]:
    values: list[float] = result.equity.column(name).to_pylist()
    return values


def test_a_row_is_the_time_to_its_open_and_the_time_inside() -> None:
    panel = panel_of([[10, NAN], [NAN, 10], [10, 10]])
    found = spans(panel, (0, 15, 21), 0)
    assert found.days_before == pytest.approx([0.0, 17 / 24, 17 / 24])
    assert found.days_inside == pytest.approx([7 / 24] * 3)
    # bars from 14 to 21 o'clock: midnight lies before the open, 15 inside, 21 ends the row
    assert found.settled_before.tolist() == [0.0, 1.0, 1.0]
    assert found.settled_inside.tolist() == [2.0, 2.0, 2.0]


def test_settlements_are_counted_up_to_the_instant_itself() -> None:
    instants = np.array([0, 8 * HOUR - 1, 8 * HOUR, DAY - 1, DAY])
    assert settlements_until(instants, (0, 8)).tolist() == [1, 1, 2, 2, 3]
    assert settlements_until(instants, ()).tolist() == [0] * 5


def test_a_short_position_pays_its_fee_by_the_days_it_is_held(tmp_path: Path) -> None:
    # 100 units sold at 10 at day 1's open; 7 hours inside a bar and 17 between, at the price last known
    panel = panel_of([10.0, 12.0, 12.0, 12.0], open=[10.0, 10.0, 12.0, 12.0], plan={"target": [-1, NAN, 0, NAN]})
    result = both(job_of(panel, carry=BORROW, allow_short=True), tmp_path)
    inside, before = 1200 * 0.001 * 7 / 24, 1200 * 0.001 * 17 / 24
    assert column(result, "carry") == pytest.approx([0.0, inside, inside + before, before])
    assert column(result, "cash") == pytest.approx(
        [1000, 2000 - inside, 2000 - 2 * inside - before, 800 - 2 * (inside + before)]
    )


def test_debt_bears_interest_and_cash_does_on_request(tmp_path: Path) -> None:
    # 200 units at 10 with 1000 in cash: 1000 of debt, 0.2 % a day
    panel = panel_of([10.0] * 3, plan={"target": [2, NAN, NAN]})
    result = both(job_of(panel, carry=BORROW, initial_margin_fraction=0.5), tmp_path)
    first = 1000 * 0.002 * 7 / 24
    between = (1000 + first) * 0.002 * 17 / 24
    inside = (1000 + first + between) * 0.002 * 7 / 24
    assert column(result, "carry") == pytest.approx([0.0, first, between + inside], rel=1e-12)
    paid = Plugged(borrow_rate, BorrowRateParams(credit_rate=0.365))
    result = both(job_of(panel_of([10.0] * 2), carry=paid), tmp_path)
    assert column(result, "carry")[0] == pytest.approx(-1000 * 0.001 * 7 / 24)
    assert column(result, "equity")[0] == pytest.approx(1000 * (1 + 0.001 * 7 / 24))


def test_funding_is_paid_by_longs_to_shorts_at_its_hours_and_said(tmp_path: Path) -> None:
    # bars from 14 to 21: 16 o'clock inside each, 0 and 8 o'clock before each; 50 units of 10 pay 10 bps of their notional
    panel = panel_of([10.0, 12.0, 12.0], open=[10.0, 10.0, 12.0], plan={"target": [0.5, NAN, NAN]})
    result = both(job_of(panel, carry=FUNDING), tmp_path)
    assert column(result, "carry") == pytest.approx([0.0, 50 * 12 * 0.001, 50 * 12 * 0.003])
    assert [(event["ts"] // HOUR % 24, event["settlements"], event["paid"]) for event in result.audit] == [
        (21, 1.0, pytest.approx(0.6)),
        (14, 2.0, pytest.approx(1.2)),
        (21, 1.0, pytest.approx(0.6)),
    ]
    short = panel_of([10.0, 10.0], plan={"target": [-0.5, NAN]})
    assert column(both(job_of(short, carry=FUNDING, allow_short=True), tmp_path), "carry") == pytest.approx([0.0, -0.5])


def test_a_split_between_two_closes_does_not_change_what_is_held(tmp_path: Path) -> None:
    panel = panel_of([20.0, 20.0, 10.0], split=[1, 1, 2], plan={"target": [-1, NAN, NAN]})
    result = both(job_of(panel, carry=BORROW, allow_short=True), tmp_path)
    assert column(result, "carry") == pytest.approx([0.0, 1000 * 0.001 * 7 / 24, 1000 * 0.001])


def test_a_position_closed_inside_a_bar_pays_up_to_its_open(tmp_path: Path) -> None:
    panel = panel_of([10.0, 10.0, 10.0], high=[10.0, 10.0, 12.0], plan={"target": [-1, NAN, NAN]})
    job = job_of(panel, carry=BORROW, allow_short=True, limits={"stop_loss": {"max_loss_fraction": 0.1}})
    assert column(both(job, tmp_path), "carry") == pytest.approx([0.0, 0.001 * 1000 * 7 / 24, 0.001 * 1000 * 17 / 24])


def test_a_run_that_begins_later_pays_from_its_first_open_on(tmp_path: Path) -> None:
    paid = Plugged(borrow_rate, BorrowRateParams(credit_rate=0.365))
    result = both(replace(job_of(panel_of([10.0] * 5), carry=paid), span=Span(1, 2, 4)), tmp_path)
    assert column(result, "carry") == pytest.approx(
        [
            -1.0 * 7 / 24,
            -1.0,
        ],
        rel=1e-3,
    )


def test_free_carry_is_no_carry(tmp_path: Path) -> None:
    panel = panel_of([10.0] * 3, plan={"target": [1, NAN, NAN]})
    free = job_of(panel, carry=Plugged(no_carry, NoCarryParams()))
    assert difference(both(free, tmp_path), both(job_of(panel), tmp_path)) == ""


def test_the_batch_pays_what_the_single_run_pays(tmp_path: Path) -> None:
    panel = panel_of([10.0, 12.0, 11.0, 13.0], plan={"target": [-1, NAN, 2, NAN]})
    jobs = [job_of(panel, carry=each, allow_short=True, initial_margin_fraction=0.5) for each in (BORROW, BORROW)]
    single = kernel.backtest(jobs[0], cache_folder=tmp_path, build=PLAIN)
    found = kernel.batch(jobs, cache_folder=tmp_path, build=PLAIN)
    assert found.final_equity.tolist() == [column(single, "equity")[-1]] * 2
    assert found.costs[0] == pytest.approx(sum(column(single, "carry")))


def test_settlements_at_other_hours_are_not_one_batch(tmp_path: Path) -> None:
    panel = panel_of([10.0] * 3)
    jobs = [
        job_of(panel, carry=Plugged(funding_rate, FundingRateParams(settlement_hours_utc=(hour,)))) for hour in (0, 8)
    ]
    with pytest.raises(StageError, match="differs from the first in its carry's settlement_hours_utc"):
        kernel.batch(jobs, cache_folder=tmp_path, build=PLAIN)
