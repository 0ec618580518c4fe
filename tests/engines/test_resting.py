"""Limit and stop orders worked by hand: what one bar does in the kernel, the lives of orders in both engines, to the bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.costs import spread_bps
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.engines import kernel, zipline
from enerqis.interfaces.engine import BacktestResult, Job, Plugged
from tests.engines.agreement import difference
from tests.engines.scenes import DAY, HOUR, PLAIN, fills, job_of, panel_of

NAN = math.nan
ONE_PERCENT = Plugged(spread_bps, SpreadBpsParams(half_spread_bps=100.0, slippage_bps=0.0))
FLAT = (100.0, 100.0, 100.0, 100.0)

BEST_FIRST = {"intrabar_order": "take_profit_first"}

Run = Callable[..., BacktestResult]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture
def run(folder: Path) -> Run:
    """Run bars (open, high, low, close) after a first flat one at 100, with a plan; `both` engines unless said."""

    def run(
        bars: Sequence[tuple[float, ...]], plan: dict[str, list[float]], *, both: bool = True, **knobs: Any
    ) -> BacktestResult:
        rows = np.array([FLAT, *bars])
        said = {name: values + [NAN] * (len(rows) - len(values)) for name, values in plan.items()}
        panel = panel_of(
            rows[:, 3], open=rows[:, 0], high=rows[:, 1], low=rows[:, 2], plan=said, split=knobs.pop("split", None)
        )
        job = job_of(panel, **knobs)
        return agreed(job, folder) if both else kernel.backtest(job, cache_folder=folder, build=PLAIN)

    return run


def agreed(job: Job, folder: Path) -> BacktestResult:
    one = kernel.backtest(job, cache_folder=folder, build=PLAIN)
    assert difference(one, zipline.backtest(job, cache_folder=folder)) == ""
    return one


def events(result: BacktestResult) -> list[str]:
    return [event["event"] for event in result.audit]


def buy(**prices: float) -> dict[str, list[float]]:
    return {"target": [1.0], **{name: [price] for name, price in prices.items()}}


def sell(**prices: float) -> dict[str, list[float]]:
    return {"target": [-1.0], **{name: [price] for name, price in prices.items()}}


ENTRIES = [
    # a limit: a gap through it fills at the better open, the bar's way to it at its price, a touch as the spec says
    ("limit_gap", buy(limit=90.0), (85, 92, 84, 91), {}, [(1, 11.0, 85.0)]),
    ("limit_inside", buy(limit=90.0), (100, 101, 89, 95), {}, [(1, 11.0, 90.0)]),
    ("limit_touched", buy(limit=90.0), (100, 101, 90, 95), {}, []),
    ("limit_touched_counts", buy(limit=90.0), (100, 101, 90, 95), {"limit_fill": "touch"}, [(1, 11.0, 90.0)]),
    ("limit_at_open", buy(limit=90.0), (90, 92, 90, 91), {}, []),
    ("limit_at_open_counts", buy(limit=90.0), (90, 92, 90, 91), {"limit_fill": "touch"}, [(1, 11.0, 90.0)]),
    ("limit_not_reached", buy(limit=90.0), (100, 101, 91, 95), {}, []),
    ("sell_limit_gap", sell(limit=110.0), (115, 116, 108, 110), {"allow_short": True}, [(1, -8.0, 115.0)]),
    ("sell_limit_inside", sell(limit=110.0), (100, 111, 99, 100), {"allow_short": True}, [(1, -9.0, 110.0)]),
    # a stop: a gap through it fills at the worse open, a touch triggers it
    ("stop_gap", buy(stop=110.0), (115, 116, 114, 115), {}, [(1, 8.0, 115.0)]),
    ("stop_inside", buy(stop=110.0), (100, 112, 99, 111), {}, [(1, 9.0, 110.0)]),
    ("stop_touched", buy(stop=110.0), (100, 110, 99, 105), {}, [(1, 9.0, 110.0)]),
    ("stop_not_reached", buy(stop=110.0), (100, 109, 99, 105), {}, []),
    ("sell_stop_gap", sell(stop=90.0), (80, 85, 79, 84), {"allow_short": True}, [(1, -12.0, 80.0)]),
    # both: the stop makes it a limit order
    ("both_inside", buy(stop=110.0, limit=112.0), (100, 113, 99, 111), {}, [(1, 9.0, 110.0)]),
    ("both_gap_within", buy(stop=110.0, limit=112.0), (111, 113, 110, 112), {}, [(1, 9.0, 111.0)]),
    ("both_gap_beyond", buy(stop=110.0, limit=112.0), (115, 116, 113, 114), {}, []),
    ("both_gap_and_back", buy(stop=110.0, limit=112.0), (115, 116, 111, 114), {}, [(1, 8.0, 112.0)]),
    ("limit_below_stop", buy(stop=110.0, limit=105.0), (100, 111, 99, 108), {}, []),  # the low may have come first
    ("limit_below_stop_at_close", buy(stop=110.0, limit=105.0), (100, 111, 99, 104), {}, [(1, 9.0, 105.0)]),
    # in the bar after the decision it works from the open on, wherever orders at the market fill
    ("next_close", buy(limit=90.0), (100, 101, 89, 95), {"fill_price": "next_close"}, [(1, 11.0, 90.0)]),
    ("next_close_gap", buy(limit=90.0), (85, 92, 84, 91), {"fill_price": "next_close"}, [(1, 11.0, 85.0)]),
    # slippage is paid, but never beyond a limit
    ("slipped_stop", buy(stop=110.0), (100, 112, 99, 111), {"slippage": ONE_PERCENT}, [(1, 9.0, 111.1)]),
    ("slipped_limit", buy(limit=90.0), (100, 101, 89, 95), {"slippage": ONE_PERCENT}, [(1, 11.0, 90.0)]),
    ("slipped_gap", buy(limit=90.0), (85, 92, 84, 91), {"slippage": ONE_PERCENT}, [(1, 11.0, 85.85)]),
    ("slipped_to_limit", buy(limit=90.0), (89.5, 92, 84, 91), {"slippage": ONE_PERCENT}, [(1, 11.0, 90.0)]),
    # sized at the decision: at its own price, not the close; what a gap makes too dear is made smaller
    ("sized_at_limit", buy(limit=80.0), (100, 101, 79, 95), {"size_at": "decision"}, [(1, 12.0, 80.0)]),
    ("sized_at_stop", buy(stop=110.0), (100, 111, 99, 105), {"size_at": "decision"}, [(1, 9.0, 110.0)]),
    ("too_dear", buy(stop=110.0), (120, 121, 119, 120), {"size_at": "decision"}, [(1, 8.0, 120.0)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "bar", "knobs", "expected"), [case[1:] for case in ENTRIES], ids=[c[0] for c in ENTRIES]
)
def test_an_order_fills_where_the_bar_says(run: Run, plan: Any, bar: Any, knobs: Any, expected: Any) -> None:
    result = run([bar], plan, both=False, **knobs)
    assert fills(result) == [(*each, "decision") for each in expected]
    assert result.orders.column("status").to_pylist() == ["filled" if expected else "open"]


def test_a_fill_at_the_open_carries_the_open_one_inside_the_bar_its_close(run: Run) -> None:
    for bar, hour in (((85, 92, 84, 91), 14), ((100, 101, 89, 95), 21)):
        filled = run([bar], buy(limit=90.0)).fills
        assert filled.column("ts").cast("int64").to_pylist() == [DAY + hour * HOUR]
        assert filled.column("bar_ts").cast("int64").to_pylist() == [DAY + 21 * HOUR]


STOP_85, STOP_95 = {"stop_loss": [85.0]}, {"stop_loss": [95.0]}
GAIN_105, GAIN_115 = {"take_profit": [105.0]}, {"take_profit": [115.0]}
SAME_BAR = [
    # the extreme on whose way an order lay comes after its fill, and so does the close; the other one where it hurts, or helps
    ("limit_then_stop", buy(limit=90.0) | STOP_85, (100, 101, 84, 95), {}, [(11.0, 90.0), (-11.0, 85.0)]),
    ("not_yet", buy(limit=90.0) | STOP_85, (100, 101, 84, 95), {"stop_active_from": "next_bar"}, [(11.0, 90.0)]),
    ("stop_then_low", buy(stop=110.0) | STOP_95, (100, 112, 94, 111), {}, [(9.0, 110.0), (-9.0, 95.0)]),
    ("low_before", buy(stop=110.0) | STOP_95, (100, 112, 94, 111), BEST_FIRST, [(9.0, 110.0)]),
    ("close_below", buy(stop=110.0) | STOP_95, (100, 112, 93, 94), BEST_FIRST, [(9.0, 110.0), (-9.0, 95.0)]),
    ("high_before", buy(limit=90.0) | GAIN_105, (100, 106, 89, 95), {}, [(11.0, 90.0)]),
    ("high_after", buy(limit=90.0) | GAIN_105, (100, 106, 89, 95), BEST_FIRST, [(11.0, 90.0), (-11.0, 105.0)]),
    ("close_above", buy(limit=90.0) | GAIN_105, (100, 107, 89, 106), {}, [(11.0, 90.0), (-11.0, 105.0)]),
    ("stop_then_high", buy(stop=110.0) | GAIN_115, (100, 116, 99, 111), {}, [(9.0, 110.0), (-9.0, 115.0)]),
    ("beyond_at_once", buy(limit=90.0) | STOP_95, (100, 101, 89, 92), {}, [(11.0, 90.0), (-11.0, 90.0)]),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "bar", "knobs", "expected"), [c[1:] for c in SAME_BAR], ids=[c[0] for c in SAME_BAR])
def test_a_protective_price_in_the_bar_of_the_entry(run: Run, plan: Any, bar: Any, knobs: Any, expected: Any) -> None:
    assert [(units, price) for _, units, price, _ in fills(run([bar], plan, both=False, **knobs))] == expected


HALF = {"target": [0.5, 1.0], "limit": [NAN, 95.0]}
HELD = [
    # 5 units from the open at 100; the order and a protective price of the position in one bar
    ("nearer_first", {**HALF, "stop_loss": [90.0]}, (100, 101, 89, 92), {}, [(5.0, 95.0), (-10.0, 90.0)]),
    ("worse_way_first", {**HALF, "take_profit": [110.0]}, (100, 112, 94, 100), {}, [(5.0, 95.0)]),
    ("better_way_first", {**HALF, "take_profit": [110.0]}, (100, 112, 94, 100), BEST_FIRST, [(-5.0, 110.0)]),
    ("gap_first", {**HALF, "stop_loss": [97.0]}, (96, 97, 94, 95), {}, [(-5.0, 96.0)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "bar", "knobs", "expected"), [case[1:] for case in HELD], ids=[case[0] for case in HELD]
)
def test_a_protective_price_and_an_order_in_one_bar(run: Run, plan: Any, bar: Any, knobs: Any, expected: Any) -> None:
    result = fills(run([FLAT, bar], plan, **knobs))
    assert result[0][1:3] == (5.0, 100.0)
    assert [each[1:3] for each in result[1:]] == expected


def test_an_order_that_turns_the_position_goes_on_after_its_stop(run: Run) -> None:
    plan = {"target": [1.0, -1.0], "limit": [NAN, 110.0]}
    shorts = {"allow_short": True, "limits": {"stop_loss": {"max_loss_fraction": 0.1}}}
    bar = (100, 111, 89, 100)
    # 10 bought at 100, out at 90 with 900 left, then 8 sold at 110
    assert fills(run([FLAT, bar], plan, **shorts))[1:] == [(2, -10.0, 90.0, "stop_loss"), (2, -8.0, 110.0, "decision")]
    # the other way first: from 10 to -10 at 110, as 1100 / 110; the short's stop at 121 is far
    first_up = run([FLAT, bar], plan, **shorts, intrabar_order="take_profit_first")
    assert fills(first_up)[1:] == [(2, -20.0, 110.0, "decision")]


def test_an_order_stands_until_it_fills_and_is_not_repeated(run: Run) -> None:
    # said on every bar; once the target is reached, its prices say nothing
    bars = [FLAT, (100, 101, 89, 95), FLAT, (100, 101, 80, 95)]
    result = run(bars, {"target": [1.0] * 5, "limit": [90.0] * 5})
    assert fills(result) == [(2, 11.0, 90.0, "decision")]
    assert result.orders.num_rows == 1


def test_new_prices_replace_the_order_and_silence_keeps_it(run: Run) -> None:
    result = run([FLAT, FLAT, (100, 101, 84, 95)], {"target": [1.0], "limit": [90.0, 85.0]})
    assert fills(result) == [(3, 11.0, 85.0, "decision")]
    assert result.orders.column("status").to_pylist() == ["cancelled", "filled"]
    assert result.orders.column("limit").to_pylist() == [90.0, 85.0]
    assert result.audit == [{"ts": 2 * DAY + 14 * HOUR, "event": "order_cancelled", "symbol": "A", "order_id": 1}]


def test_prices_are_said_together_a_limit_alone_takes_the_stop_back(run: Run) -> None:
    result = run([FLAT, (100, 101, 89, 95)], {"target": [1.0], "limit": [NAN, 90.0], "stop": [110.0]})
    assert fills(result) == [(2, 11.0, 90.0, "decision")]


def test_a_target_taken_back_withdraws_the_order(run: Run) -> None:
    result = run([FLAT, (100, 101, 89, 95)], {"target": [1.0, 0.0], "limit": [90.0]})
    assert fills(result) == []
    assert result.orders.column("status").to_pylist() == ["cancelled"]


def test_another_target_without_a_price_is_traded_at_the_market(run: Run) -> None:
    result = run([FLAT, (100, 101, 89, 95)], {"target": [1.0, 0.5], "limit": [90.0]})
    assert fills(result) == [(2, 5.0, 100.0, "decision")]


def test_a_position_may_be_left_at_a_limit(run: Run) -> None:
    result = run([FLAT, FLAT, (100, 111, 99, 105)], {"target": [1.0, 0.0], "limit": [NAN, 110.0]})
    assert fills(result) == [(1, 10.0, 100.0, "decision"), (3, -10.0, 110.0, "decision")]


def test_a_stop_that_triggers_out_of_reach_of_its_limit_leaves_a_limit_order(run: Run) -> None:
    bars = [(115, 116, 113, 114), (113, 114, 111, 113)]
    result = run(bars, buy(stop=110.0, limit=112.0))
    assert fills(result) == [(2, 8.0, 112.0, "decision")]
    assert result.audit == [
        {"ts": DAY + 21 * HOUR, "event": "stop_triggered", "symbol": "A", "order_id": 1, "stop": 110.0}
    ]


def test_latency_lets_it_reach_the_market_later(run: Run) -> None:
    bars = [(100, 101, 89, 95), (100, 101, 89, 95)]
    assert fills(run(bars, buy(limit=90.0), latency_bars=1)) == [(2, 11.0, 90.0, "decision")]


def test_what_would_have_replaced_a_filled_order_is_withdrawn(run: Run) -> None:
    # the second price is on its way when the first order fills
    result = run(
        [FLAT, (100, 101, 89, 95), (100, 101, 80, 95)], {"target": [1.0], "limit": [90.0, 85.0]}, latency_bars=1
    )
    assert fills(result) == [(2, 11.0, 90.0, "decision")]
    assert result.orders.column("status").to_pylist() == ["filled", "cancelled"]


def test_standing_prices_follow_a_split(run: Run) -> None:
    # 90 on the strategy's scale is 45 after two for one
    bars = [FLAT, (50, 51, 44, 48)]
    result = run(bars, buy(limit=90.0), split=[1.0, 1.0, 2.0])
    assert fills(result) == [(2, 22.0, 45.0, "decision")]
    # and a price said after the split is on the adjusted scale: 90 is 45 raw
    later = run(
        [(50, 51, 49, 50), (50, 51, 44, 48)], {"target": [NAN, 1.0], "limit": [NAN, 90.0]}, split=[1.0, 2.0, 1.0]
    )
    assert fills(later) == [(2, 22.0, 45.0, "decision")]
    assert later.orders.column("limit").to_pylist() == [45.0]


def test_nothing_is_rebalanced_while_an_order_waits_for_its_price(run: Run) -> None:
    plan = {"target": [0.5, 1.0], "limit": [NAN, 90.0]}
    result = run([FLAT, (110, 110, 110, 110), (120, 120, 120, 120)], plan, rebalance="every_bar")
    assert fills(result) == [(1, 5.0, 100.0, "decision")]


def test_an_order_of_less_than_a_lot_is_refused_once(run: Run) -> None:
    result = run([FLAT, FLAT], {"target": [1.0] * 3, "limit": [90.0] * 3}, lot_step=100.0)
    assert result.orders.column("status").to_pylist() == ["rejected"]


def test_a_time_stop_does_not_wait_for_the_price_of_an_exit(run: Run) -> None:
    plan = {"target": [1.0, 0.0], "limit": [NAN, 150.0]}
    result = run([FLAT] * 4, plan, limits={"time_stop": {"max_held_bars": 2}})
    assert fills(result) == [(1, 10.0, 100.0, "decision"), (3, -10.0, 100.0, "time_stop")]
    assert result.orders.column("status").to_pylist() == ["filled", "cancelled", "filled"]


def test_a_halt_withdraws_an_order_that_waits(run: Run) -> None:
    # half the account falls by a half: a drawdown of a quarter
    plan = {"target": [0.5, 1.0], "limit": [NAN, 40.0]}
    bars = [FLAT, (50, 50, 50, 50), (50, 50, 50, 50), (45, 45, 30, 45)]
    result = run(bars, plan, limits={"drawdown_halt": {"max_drawdown_fraction": 0.2}})
    assert fills(result) == [(1, 5.0, 100.0, "decision"), (3, -5.0, 50.0, "drawdown_halt")]


def test_an_order_still_waiting_at_the_end_is_open(run: Run) -> None:
    result = run([FLAT], buy(limit=90.0), last_bar="close")
    assert result.orders.column("status").to_pylist() == ["open"]


def test_the_best_price_of_a_trailing_stop_begins_with_what_came_after_the_fill(run: Run) -> None:
    # filled at 90 on the way down: the high of 120 came before it for all we know; the best price is the close, 95
    bars = [(100, 120, 89, 95), (95, 95, 86, 90), (90, 90, 84, 90)]
    trailing = {"trailing_stop": {"max_giveback_fraction": 0.1}}
    assert fills(run(bars, buy(limit=90.0), limits=trailing))[1:] == [(3, -11.0, 85.5, "trailing_stop")]


def test_a_delisted_symbols_order_is_withdrawn(folder: Path) -> None:
    close = [[100.0, 10.0], [100.0, 10.0], [NAN, 10.0], [NAN, 10.0], [NAN, 10.0]]
    panel = panel_of(close, plan={"target": [[1.0, NAN]] + [[NAN, NAN]] * 4, "limit": [[90.0, NAN]] + [[NAN, NAN]] * 4})
    result = agreed(job_of(panel, delisted_after_days=1), folder)
    assert result.orders.column("status").to_pylist() == ["cancelled"]
    assert events(result) == ["order_cancelled", "delisted"]


def test_orders_at_the_open_and_inside_the_bar_share_the_cash_sells_first(folder: Path) -> None:
    # A is held and left at a limit that its open passes; B's limit is passed too: the sell pays for the buy
    close = [[10.0, 10.0]] * 3
    panel = panel_of(
        close, open=[[10.0, 10.0], [10.0, 10.0], [12.0, 8.0]], high=[[10, 10], [10, 10], [12, 10]],
        low=[[10, 10], [10, 10], [10, 8]],
        plan={"target": [[NAN, 1.0], [1.0, 0.0], [NAN, NAN]], "limit": [[NAN, NAN], [13.0, 7.0], [NAN, NAN]]},
    )  # fmt: skip
    result = agreed(job_of(panel), folder)
    assert [(row["symbol"], row["units"], row["price"]) for row in result.fills.to_pylist()] == [
        ("B", 100.0, 10.0),
        ("B", -100.0, 8.0),
        ("A", 66.0, 12.0),
    ]


@pytest.mark.parametrize(("field", "price"), [("limit", -1.0), ("stop", 0.0), ("limit", math.inf)])
def test_a_price_that_cannot_be_one_is_refused_by_name(folder: Path, field: str, price: float) -> None:
    job = job_of(panel_of([10.0, 10.0], plan={"target": [1.0, NAN], field: [price, NAN]}))
    for engine in (
        lambda: kernel.backtest(job, cache_folder=folder, build=PLAIN),
        lambda: zipline.backtest(job, cache_folder=folder),
    ):
        with pytest.raises(StageError, match=rf"strategy scripted: A, bar closing at 1970-01-01.*'{field}'.*above 0"):
            engine()
