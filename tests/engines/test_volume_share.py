"""Orders that a bar takes a share of, worked by hand: 20 units a bar of volume 1,000. Both engines, to the bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.costs import volume_share
from enerqis.costs.volume_share import VolumeShareParams
from enerqis.engines import kernel, zipline
from enerqis.interfaces.engine import BacktestResult, Plugged
from tests.engines.agreement import difference
from tests.engines.scenes import PLAIN, fills, job_of, panel_of

NAN = math.nan
FLAT = (100.0, 100.0, 100.0, 100.0)
SHARE = Plugged(volume_share, VolumeShareParams(max_volume_share=0.02, price_impact=0.0))
MOVING = Plugged(volume_share, VolumeShareParams(max_volume_share=0.02, price_impact=0.5))

Run = Callable[..., BacktestResult]


@pytest.fixture
def run(kernels: Path) -> Run:
    """Run bars (open, high, low, close) after a first flat one at 100, with a plan, in both engines."""

    def run(
        bars: Sequence[tuple[float, ...]], plan: dict[str, list[float]], *, volume: Sequence[float] = (),
        split: Any = None, slippage: Plugged = SHARE, **knobs: Any,
    ) -> BacktestResult:  # fmt: skip
        rows = np.array([FLAT, *bars])
        said = {name: values + [NAN] * (len(rows) - len(values)) for name, values in plan.items()}
        panel = panel_of(rows[:, 3], open=rows[:, 0], high=rows[:, 1], low=rows[:, 2], plan=said, split=split)
        traded = np.array([1000.0, *volume, *[1000.0] * (len(bars) - len(volume))])[:, None]
        settings = {"initial_cash": 10_000.0, "keep_commission": False, "size_at": "decision", **knobs}
        job = job_of(replace(panel, volume=traded), slippage=slippage, **settings)
        one = kernel.backtest(job, cache_folder=kernels, build=PLAIN)
        assert difference(one, zipline.backtest(job, cache_folder=kernels)) == ""
        return one

    return run


def traded(result: BacktestResult) -> list[tuple[int, float, float]]:
    return [each[:3] for each in fills(result)]


def states(result: BacktestResult) -> list[str]:
    found: list[str] = result.orders.column("status").to_pylist()
    return found


def events(result: BacktestResult) -> list[str]:
    return [event["event"] for event in result.audit]


def test_an_order_of_thirty_units_takes_two_bars_and_stays_one_order(run: Run) -> None:
    # share of the first part 0.02: 100 * (1 + 0.5 * 0.0004); of the second 0.01: 100 * (1 + 0.5 * 0.0001)
    result = run([FLAT] * 3, {"target": [0.3]}, slippage=MOVING)
    assert traded(result) == [(1, 20.0, 100.02), (2, 10.0, 100.005)]
    assert result.fills.column("order_id").to_pylist() == [1, 1]
    assert result.orders.column("units").to_pylist() == [30.0]
    assert states(result) == ["filled"]


def test_parts_fill_at_the_close_where_orders_do(run: Run) -> None:
    bars = [(100, 110, 100, 110), (115, 120, 115, 120)]
    assert traded(run(bars, {"target": [0.3]}, fill_price="next_close")) == [(1, 20.0, 110.0), (2, 10.0, 120.0)]


def test_a_part_is_of_whole_lots_and_the_last_one_is_what_is_left(run: Run) -> None:
    result = run([FLAT] * 3, {"target": [0.35]}, volume=[950.0, 950.0], lot_step=5.0)
    assert traded(result) == [(1, 15.0, 100.0), (2, 15.0, 100.0), (3, 5.0, 100.0)]


def test_a_newer_decision_takes_the_place_of_what_is_left(run: Run) -> None:
    result = run([FLAT] * 4, {"target": [0.5, 0.3]})
    assert traded(result) == [(1, 20.0, 100.0), (2, 10.0, 100.0)]
    assert states(result) == ["cancelled", "filled"]
    assert result.orders.column("units").to_pylist() == [50.0, 10.0]


def test_what_is_left_at_the_end_is_open(run: Run) -> None:
    assert states(run([FLAT], {"target": [0.3]})) == ["open"]


def test_a_bar_without_volume_takes_nothing(run: Run) -> None:
    result = run([FLAT] * 4, {"target": [0.3]}, volume=[0.0, NAN])
    assert traded(result) == [(3, 20.0, 100.0), (4, 10.0, 100.0)]


def test_units_are_fixed_by_the_first_bar_that_meets_the_order(run: Run) -> None:
    # 3,000 at an open of 60 are 50 units, though that bar takes nothing and the next ones are cheaper
    bars = [(60, 60, 60, 60), (50, 50, 50, 50), (50, 50, 50, 50), (40, 40, 40, 40), (40, 40, 40, 40)]
    result = run(bars, {"target": [0.3]}, volume=[0.0], size_at="fill")
    assert traded(result) == [(2, 20.0, 50.0), (3, 20.0, 50.0), (4, 10.0, 40.0)]


@pytest.mark.parametrize(
    ("rule", "last", "state", "event"),
    [
        # 30 of 100 asked with 3,000; after 20 the rest costs 125 each: 1,000 pay for 8
        ("reduce", [(2, 8.0, 125.0)], "filled", ("order_reduced", "units_left_out", 2.0)),
        ("reject", [], "rejected", ("order_rejected", "units", 10.0)),
    ],
)
def test_cash_is_asked_for_each_part(run: Run, rule: str, last: list[Any], state: str, event: Any) -> None:
    bars = [FLAT, (125, 125, 125, 125), (125, 125, 125, 125)]
    result = run(bars, {"target": [1.0]}, initial_cash=3000.0, cash_shortfall=rule)
    assert traded(result) == [(1, 20.0, 100.0), *last]
    assert states(result) == [state]
    (found,) = result.audit
    assert (found["event"], found["order_id"], found[event[1]]) == (event[0], 1, event[2])


def test_a_split_turns_what_is_left_into_units_after_it(run: Run) -> None:
    # 20 of 30 before; after 2:1 40 of 60 are held, of which the bars take 12 and 8 more
    bars = [FLAT, (50, 50, 50, 50), (50, 50, 50, 50)]
    result = run(bars, {"target": [0.3]}, split=[1.0, 1.0, 2.0, 1.0], volume=[1000.0, 600.0])
    assert traded(result) == [(1, 20.0, 100.0), (2, 12.0, 50.0), (3, 8.0, 50.0)]
    assert states(result) == ["filled"]


FALLS = (100, 100, 94, 96)


def test_a_stop_sells_what_the_bar_takes_and_the_rest_at_the_market(run: Run) -> None:
    plan = {"target": [0.3], "stop_loss": [95.0]}
    result = run([FLAT, FLAT, FALLS, (97, 120, 90, 97), FLAT], plan)
    assert fills(result)[2:] == [(3, -20.0, 95.0, "strategy_stop_loss"), (4, -10.0, 97.0, "strategy_stop_loss")]
    assert result.fills.column("order_id").to_pylist() == [1, 1, 2, 2]
    assert states(result) == ["filled", "filled"]
    assert events(result) == ["protective_exit"]


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        # the entry takes the whole share of the bar, then half of it too few for the exit
        (1000.0, [(1, 20.0, 100.0), (2, -20.0, 97.0)]),
        (1500.0, [(1, 20.0, 100.0), (1, -10.0, 95.0), (2, -10.0, 97.0)]),
        (2000.0, [(1, 20.0, 100.0), (1, -20.0, 95.0)]),
    ],
)
def test_orders_of_one_bar_share_its_volume(run: Run, volume: float, expected: list[Any]) -> None:
    plan = {"target": [0.2], "stop_loss": [95.0]}
    assert traded(run([FALLS, (97, 97, 97, 97)], plan, volume=[volume])) == expected


def test_a_new_target_takes_the_place_of_what_is_left_of_an_exit(run: Run) -> None:
    # 30 held, 20 sold by the stop; the same target said anew asks for 20 more than the 10 that are left
    plan = {"target": [0.3, NAN, NAN, 0.3], "stop_loss": [95.0, NAN, NAN, 50.0]}
    result = run([FLAT, FLAT, FALLS, FLAT, FLAT], plan)
    assert states(result) == ["filled", "cancelled", "filled"]
    assert traded(result)[3:] == [(4, 20.0, 100.0)]


def test_a_limit_stays_a_limit_and_a_stop_that_was_reached_is_at_the_market(run: Run) -> None:
    bars = [FALLS, (99, 100, 96, 99), FALLS]
    limited = run(bars, {"target": [0.3], "limit": [95.0]})
    assert traded(limited) == [(1, 20.0, 95.0), (3, 11.0, 95.0)]
    stopped = run([(100, 106, 100, 104), (103, 103, 103, 103)], {"target": [0.3], "stop": [105.0]})
    assert traded(stopped) == [(1, 20.0, 105.0), (2, 8.0, 103.0)]


def test_the_engine_closes_whole_at_the_last_bar(run: Run) -> None:
    result = run([FLAT] * 3, {"target": [0.5]}, last_bar="close", slippage=MOVING)
    assert traded(result)[-1] == (3, -50.0, 99.98)
    assert states(result) == ["filled", "filled"]


def test_a_cut_for_leverage_takes_the_place_of_what_is_left_to_buy(run: Run) -> None:
    # 50 asked; 20 at 100, then the price doubles: 20 * 200 of 12,000 equity exceed 0.3; 18 are kept, and no more is bought
    bars = [(100, 200, 100, 200), (200, 200, 200, 200), (200, 200, 200, 200)]
    limits = {"leverage": {"max_leverage_fraction": 0.3}}
    result = run(bars, {"target": [0.3]}, limits=limits)
    assert fills(result) == [(1, 20.0, 100.0, "decision"), (2, -2.0, 200.0, "leverage")]
    assert states(result) == ["cancelled", "filled"]


def test_a_symbol_that_never_has_a_volume_is_refused_by_both_engines(kernels: Path) -> None:
    panel = panel_of([100.0, 101.0], plan={"target": [1.0, 1.0]})
    for volume in (0.0, NAN):
        job = job_of(replace(panel, volume=np.full((2, 1), volume)), slippage=SHARE)
        for engine in (kernel, zipline):
            with pytest.raises(
                StageError, match=r"'volume_share' fills a share of each bar's volume, and no bar of A has any"
            ):
                engine.backtest(job, cache_folder=kernels)
