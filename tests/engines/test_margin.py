"""Margin of futures, worked by hand: a multiplier of 50, initial and maintenance margin, daily marks; in both engines."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from enerqis.engines import kernel, zipline
from enerqis.interfaces.engine import BacktestResult, Panel
from enerqis.spec.execution import Execution
from tests.engines.agreement import difference
from tests.engines.scenes import PLAIN, fills, job_of, panel_of

NAN = math.nan
FUTURE = {
    "contract_multiplier": 64.0,
    "initial_cash": 100_000.0,
    "initial_margin_fraction": 0.1,
    "maintenance_margin_fraction": 0.08,
    "allow_short": True,
}


def both(folder: Path, panel: Panel, **knobs: Any) -> BacktestResult:
    """The result of the kernel, held against that of zipline."""
    job = job_of(panel, **{**FUTURE, **knobs})
    found = kernel.backtest(job, cache_folder=folder, build=PLAIN)
    assert difference(found, zipline.backtest(job, cache_folder=folder)) == ""
    return found


def test_a_future_of_fifty_a_point_is_marked_daily(tmp_path: Path) -> None:
    # 100,000 at 10 % carry 1,000,000 of notional: 4 contracts of 5,000 x 50, as a lever of 10 is asked; each point is 200
    panel = panel_of([5000.0, 5000.0, 5010.0, 4990.0], plan={"target": [10, NAN, NAN, NAN]})
    job = job_of(panel, **{**FUTURE, "contract_multiplier": 50.0})
    found = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    assert fills(found) == [(1, 4.0, 5000.0, "decision")]
    assert found.equity.column("equity").to_pylist() == [100_000.0, 100_000.0, 102_000.0, 98_000.0]
    assert found.equity.column("cash").to_pylist()[1:] == [-900_000.0] * 3
    assert found.audit == []
    other = zipline.backtest(job, cache_folder=tmp_path)
    assert other.equity.column("equity").to_numpy() == pytest.approx(
        found.equity.column("equity").to_numpy(), rel=1e-12
    )


def test_below_maintenance_everything_is_closed_at_the_next_fill_and_said(tmp_path: Path) -> None:
    # 3 contracts of 5,000 x 64 = 960,000; at 4,900 equity is 80,800 and 8 % of 940,800 is 75,264: enough;
    # at 4,880 it is 76,960 of 74,956.8; at 4,870 it is 75,040 of 74,803.2; at 4,860 it is 73,120, and 74,649.6 are required
    close = [5000.0, 5000.0, 4900.0, 4870.0, 4860.0, 4850.0, 4900.0]
    opened = [5000.0, 5000.0, 4900.0, 4870.0, 4860.0, 4855.0, 4900.0]
    panel = panel_of(close, open=opened, plan={"target": [10, NAN, NAN, NAN, NAN, NAN, 10]})
    found = both(tmp_path, panel)
    assert fills(found) == [(1, 3.0, 5000.0, "decision"), (5, -3.0, 4855.0, "margin_call")]
    assert found.audit[0] == {
        "ts": int(panel.ts[4]),
        "event": "margin_call",
        "equity": 100_000.0 - 3 * 64 * 140.0,
        "required": pytest.approx(0.08 * 3 * 64 * 4860.0),
    }
    assert [event["event"] for event in found.audit].count("margin_call") == 1
    assert found.equity.column("equity").to_pylist()[-2:] == [100_000.0 - 3 * 64 * 145.0] * 2


def test_a_short_book_is_called_when_the_price_rises(tmp_path: Path) -> None:
    # -3 contracts; at 5,130 equity is 75,040 and 8 % of 984,960 is 78,796.8
    panel = panel_of([5000.0, 5000.0, 5130.0, 5130.0], plan={"target": [-10, NAN, NAN, NAN]})
    assert fills(both(tmp_path, panel)) == [(1, -3.0, 5000.0, "decision"), (3, 3.0, 5130.0, "margin_call")]


def test_after_a_call_the_strategy_must_say_something_else(tmp_path: Path) -> None:
    close = [5000.0, 5000.0, 4800.0, 4800.0, 4800.0, 4800.0]
    same = panel_of(close, plan={"target": [10, NAN, NAN, 10, NAN, NAN]})
    assert len(fills(both(tmp_path, same))) == 2
    other = panel_of(close, plan={"target": [10, NAN, NAN, 5, NAN, NAN]})
    # 61,600 of equity, five times 61,600 is one contract of 307,200
    assert fills(both(tmp_path, other))[2] == (4, 1.0, 4800.0, "decision")


def test_an_account_with_nothing_left_is_bankrupt_not_called(tmp_path: Path) -> None:
    panel = panel_of([5000.0, 5000.0, 4400.0, 4400.0], plan={"target": [10, NAN, NAN, NAN]})
    assert fills(both(tmp_path, panel))[1] == (3, -3.0, 4400.0, "bankrupt")


def test_without_maintenance_nothing_is_called(tmp_path: Path) -> None:
    panel = panel_of([5000.0, 5000.0, 4800.0, 4800.0], plan={"target": [10, NAN, NAN, NAN]})
    assert len(fills(both(tmp_path, panel, maintenance_margin_fraction=0.0))) == 1


def test_more_than_the_initial_margin_cannot_be_maintained() -> None:
    with pytest.raises(
        ValidationError, match=r"maintenance_margin_fraction \(0.6\) must be at most initial_margin_fraction"
    ):
        Execution(initial_margin_fraction=0.5, maintenance_margin_fraction=0.6)
