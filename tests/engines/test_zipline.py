"""The reference engine against the kernel: two books, two ways of filling, one result, to the last bit."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerqis.costs import notional_bps, spread_bps
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.engines import kernel, zipline
from enerqis.interfaces.engine import BacktestResult, Plugged
from enerqis.spec.execution import Execution
from tests.engines.agreement import difference
from tests.engines.scenes import PLAIN, fills, job_of, panel_of

TEN_BPS = Plugged(notional_bps, NotionalBpsParams(commission_bps=10.0))
SPREAD = Plugged(spread_bps, SpreadBpsParams(half_spread_bps=5.0, slippage_bps=5.0))
NAN = float("nan")


def both(folder: Path, *arguments: Any, **knobs: Any) -> BacktestResult:
    """Run a job on both engines, which must agree, and return zipline's result."""
    job = job_of(*arguments, **knobs)
    reference = zipline.backtest(job, cache_folder=folder)
    assert difference(kernel.backtest(job, cache_folder=folder, build=PLAIN), reference) == ""
    return reference


def test_a_decision_fills_at_the_next_open_on_ziplines_ledger(tmp_path: Path) -> None:
    panel = panel_of([10, 11, 12], open=[10, 10.5, 11.5], plan={"target": [1.0, 1.0, 0.0]})
    result = both(tmp_path, panel, lot_step=1.0, keep_commission=False)
    assert fills(result) == [(1, 95.0, 10.5, "decision")]
    assert result.equity.column("cash").to_pylist() == [1000.0, 1000.0 - 95 * 10.5, 1000.0 - 95 * 10.5]
    assert result.equity.column("equity").to_pylist() == [1000.0, 2.5 + 95 * 11, 2.5 + 95 * 12]


def test_fractions_of_a_unit_stay_whole_numbers_nowhere(tmp_path: Path) -> None:
    panel = panel_of([3.0, 3.0, 7.0], plan={"target": [1.0, 1.0, 1.0]})
    result = both(tmp_path, panel, lot_step=0.0)
    assert result.positions.column("units").to_pylist() == [1000.0 / 3.0]


def test_commission_and_slippage_are_charged_by_ziplines_models(tmp_path: Path) -> None:
    panel = panel_of([100.0, 100.0, 100.0], plan={"target": [0.5, 0.0, 0.0]})
    result = both(tmp_path, panel, commission=TEN_BPS, slippage=SPREAD, keep_commission=False)
    bought, sold = result.fills.to_pylist()
    assert (bought["units"], bought["price"]) == (5.0, 100.0 * 1.001)
    assert bought["commission"] == pytest.approx(5 * 100.1 * 0.001)
    assert (sold["units"], sold["price"]) == (-5.0, 100.0 * 0.999)
    assert result.equity.column("cash").to_pylist()[-1] == pytest.approx(1000.0 - 5 * 0.2 - 5 * 200.0 * 0.001)


def test_a_split_changes_units_exactly_where_zipline_would_pay_cash_in_lieu(tmp_path: Path) -> None:
    panel = panel_of([30.0, 30.0, 20.0], split=[1.0, 1.0, 1.5], plan={"target": [1.0, 1.0, 1.0]})
    result = both(tmp_path, panel)
    assert result.positions.column("units").to_pylist() == [33.0, 49.5]
    assert result.equity.column("equity").to_pylist() == [1000.0, 1000.0, 1000.0]


def test_a_dividend_is_earned_and_paid_by_ziplines_ledger_shorts_pay(tmp_path: Path) -> None:
    close = [[10.0, 10.0], [10.0, 10.0], [9.0, 9.0]]
    dividend = [[0.0, 0.0], [0.0, 0.0], [1.0, 0.5]]
    panel = panel_of(close, dividend=dividend, plan={"target": [[0.5, -0.4]] * 3})
    result = both(tmp_path, panel, allow_short=True)
    assert [(each["symbol"], each["cash"]) for each in result.audit if each["event"] == "dividend"] == [
        ("A", 50.0),
        ("B", -20.0),
    ]
    assert result.equity.column("cash").to_pylist()[-1] == 1000.0 - 500.0 + 400.0 + 50.0 - 20.0


def test_dividends_of_one_row_are_paid_one_by_one_so_that_cash_has_the_same_bits(tmp_path: Path) -> None:
    panel = panel_of([[10.1, 13.3]] * 3, dividend=[[0, 0], [0, 0], [0.37, 0.11]], plan={"target": [[0.5, 0.4]] * 3})
    before, after = both(tmp_path, panel).equity.column("cash").to_pylist()[1:]
    assert after == before + 49 * 0.37 + 30 * 0.11
    assert after != before + (49 * 0.37 + 30 * 0.11)


def test_a_gap_through_the_stop_fills_at_the_open_and_a_touch_at_the_stop(tmp_path: Path) -> None:
    for opened, low, price in ((9.5, 8.0, 9.0), (8.5, 8.0, 8.5)):
        panel = panel_of(
            [10, 10, 8.5], open=[10, 10, opened], high=[10, 10, 10], low=[10, 10, low], plan={"target": [1.0] * 3}
        )
        result = both(tmp_path, panel, limits={"stop_loss": {"max_loss_fraction": 0.1}})
        assert fills(result)[1][1:] == (-100.0, price, "stop_loss")


def test_stop_and_profit_in_one_bar_are_settled_by_the_named_order(tmp_path: Path) -> None:
    panel = panel_of([10, 10, 10], open=[10, 10, 10], high=[10, 10, 12], low=[10, 10, 8], plan={"target": [1.0] * 3})
    limits = {"stop_loss": {"max_loss_fraction": 0.1}, "take_profit": {"max_gain_fraction": 0.1}}
    for order, reason, price in (("stop_first", "stop_loss", 9.0), ("take_profit_first", "take_profit", 11.0)):
        result = both(tmp_path, panel, limits=limits, intrabar_order=order)
        assert fills(result)[1][1:] == (-100.0, price, reason)


def test_latency_waits_whole_bars_and_only_where_there_are_bars(tmp_path: Path) -> None:
    close = [[10.0, 20.0], [10.0, NAN], [10.0, 20.0], [10.0, 20.0], [10.0, 20.0]]
    panel = panel_of(close, plan={"target": [[0.5, 0.5]] + [[NAN, NAN]] * 4})
    assert [each[0] for each in fills(both(tmp_path, panel, latency_bars=1))] == [2, 3]


def test_a_delisted_asset_is_closed_at_its_last_close(tmp_path: Path) -> None:
    close = [[10.0, 20.0]] * 3 + [[10.0, NAN]] * 3
    panel = panel_of(close, plan={"target": [[0.5, 0.5]] * 6})
    assert fills(both(tmp_path, panel, delisted_after_days=2))[-1] == (5, -25.0, 20.0, "delisted")


def test_sells_fill_first_so_that_they_pay_the_buys(tmp_path: Path) -> None:
    panel = panel_of([[10.0, 10.0]] * 4, plan={"target": [[0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]})
    assert [each[1] for each in fills(both(tmp_path, panel))] == [100.0, -100.0, 100.0]


def test_rows_of_one_session_run_in_ziplines_minute_mode(tmp_path: Path) -> None:
    hours = np.arange(48, dtype=np.int64)
    close = 10.0 + np.sin(hours / 3.0)
    panel = panel_of(close, plan={"target": np.where(hours // 5 % 2 == 0, 1.0, 0.0)})
    hour = 3_600_000_000_000
    ts = (hours + 1) * hour
    hourly = type(panel)(**{**vars(panel), "ts": ts, "ts_open": (ts - hour)[:, None], "session": hours // 24})
    result = both(tmp_path, hourly, limits={"daily_loss": {"max_daily_loss_fraction": 0.01}})
    assert result.fills.num_rows > 5


def test_every_knob_of_the_spec_is_either_honoured_or_refused_by_name() -> None:
    assert set(Execution.model_fields) == {*zipline.SUPPORTS, *zipline.NUMBERS}
    assert zipline.refuse(job_of(panel_of([10.0]))) == []


def test_a_knob_that_is_news_to_this_engine_is_refused() -> None:
    class Later(Execution):
        borrow_rate: float = 0.0

    job = job_of(panel_of([10.0]))
    later = replace(job, execution=Later(borrow_rate=0.02))
    assert zipline.refuse(replace(job, execution=Later())) == []
    assert zipline.refuse(later) == ["execution.borrow_rate: the engine zipline does not support it. Leave it at 0.0"]


def test_a_cost_made_of_other_functions_is_refused() -> None:
    job = job_of(panel_of([10.0]))
    swapped = replace(job, slippage=TEN_BPS)
    assert zipline.refuse(swapped) == [
        "cost.slippage: 'notional_bps' has no function fill_price. Write fill_price(p, price, side, units, market)"
    ]


def test_zipline_is_imported_only_when_it_runs() -> None:
    program = (
        "import sys; from enerqis.engines.choosing import engine; engine('zipline').SUPPORTS; "
        "sys.exit('zipline' in sys.modules or 'numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
