"""Every risk limit, and the strategy's own protective prices, on cases small enough to work by hand."""

from __future__ import annotations

import math

import pytest

from tests.engines.scenes import fills, panel_of

NAN = math.nan


def plan(*targets, **columns):
    return {"target": list(targets), **columns}


def equity(result):
    return result.equity.column("equity").to_pylist()


LONG = plan(1, NAN, NAN, NAN, NAN)


def test_a_position_is_never_larger_than_its_limit(run):
    result = run(panel_of([10] * 3, plan=plan(1, NAN, NAN)), limits={"position": {"max_position_fraction": 0.25}})
    assert fills(result) == [(1, 25.0, 10.0, "decision")]
    assert result.targets.column("target").to_pylist() == [0.25]
    assert [(event["event"], event["decided"], event["allowed"]) for event in result.audit] == [
        ("target_limited", 1.0, 0.25)
    ]


BOOK = {"close": [[10, 10]] * 3, "plan": {"target": [[0.75, -0.25], [NAN, NAN], [NAN, NAN]]}}


def test_gross_exposure_shrinks_the_whole_book(run):
    result = run(
        panel_of(**BOOK), limits={"gross_exposure": {"max_gross_fraction": 0.5}}, allow_short=True, lot_step=0.0
    )
    assert sorted(fills(result)) == [(1, -12.5, 10.0, "decision"), (1, 37.5, 10.0, "decision")]


def test_net_exposure_shrinks_the_whole_book(run):
    result = run(panel_of(**BOOK), limits={"net_exposure": {"max_net_fraction": 0.25}}, allow_short=True, lot_step=0.0)
    assert sorted(fills(result)) == [(1, -12.5, 10.0, "decision"), (1, 37.5, 10.0, "decision")]


def test_leverage_is_cut_when_losses_raise_it(run):
    # 300 units at 10 on 1000; at 9 equity is 700 and exposure 2700/700 = 3.857; cut back to 3: 2100/9 = 233 units
    result = run(
        panel_of([10, 10, 9, 9, 9], plan=plan(3, NAN, NAN, NAN, NAN)),
        limits={"leverage": {"max_leverage_fraction": 3.0}}, initial_margin_fraction=0.25,
    )  # fmt: skip
    assert fills(result) == [(1, 300.0, 10.0, "decision"), (3, -67.0, 9.0, "leverage")]


def test_a_leverage_cut_leaves_a_decision_that_waits_for_a_bar(run):
    # B is to shrink to 0.2 but has no bar on day 3, when A falls to 8: exposure 1300/800 = 1.625, cut to 1.5.
    # Day 4, equity 800: A to 0.9231 * 800 / 8 = 92 units, B to 0.2 * 800 / 10 = 16 units
    result = run(
        panel_of(
            [[10, 10], [10, 10], [10, 10], [8, NAN], [8, 10], [8, 10]],
            plan={"target": [[1, 0.5], [NAN, NAN], [NAN, 0.2], [NAN, NAN], [NAN, NAN], [NAN, NAN]]},
        ),
        limits={"leverage": {"max_leverage_fraction": 1.5}}, initial_margin_fraction=0.5,
    )  # fmt: skip
    assert fills(result)[2:] == [(4, -8.0, 8.0, "leverage"), (4, -34.0, 10.0, "decision")]
    assert result.positions.to_pylist()[-1]["units"] == 16.0


def test_a_leverage_cut_waits_for_the_one_before_it(run):
    # 300 units; at 9 cut to 233 (see above); with two bars of latency it is asked for once
    result = run(
        panel_of([10] * 3 + [9] * 6, plan=plan(3, *[NAN] * 8)),
        limits={"leverage": {"max_leverage_fraction": 3.0}}, initial_margin_fraction=0.25, latency_bars=1,
    )  # fmt: skip
    assert fills(result) == [(2, 300.0, 10.0, "decision"), (5, -67.0, 9.0, "leverage")]
    assert result.orders.num_rows == 2


STOP = {"stop_loss": {"max_loss_fraction": 0.1}}


def test_a_stop_is_filled_at_its_price_inside_the_bar(run):
    result = run(panel_of([10, 10, 9.5, 9.5, 9.5], low=[10, 10, 8.5, 9, 9], plan=LONG), limits=STOP)
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (2, -100.0, 9.0, "stop_loss")]
    assert equity(result)[-1] == 900.0


def test_a_gap_through_a_stop_is_filled_at_the_open(run):
    result = run(panel_of([10, 10, 8, 8, 8], open=[10, 10, 8.25, 8, 8], plan=LONG), limits=STOP)
    assert fills(result)[1] == (2, -100.0, 8.25, "stop_loss")
    assert (
        result.fills.column("ts").cast("int64").to_pylist()[1]
        == result.orders.column("ts").cast("int64").to_pylist()[1]
    )
    assert result.fills.column("ts").cast("int64").to_pylist()[1] % 86_400_000_000_000 == 14 * 3_600_000_000_000


def test_a_short_is_stopped_above_its_entry(run):
    panel = panel_of([10, 10, 10.5, 10], high=[10, 10, 12, 10], plan=plan(-1, NAN, NAN, NAN))
    assert fills(run(panel, limits=STOP, allow_short=True))[1] == (2, 100.0, 11.0, "stop_loss")


def test_after_a_stop_the_same_target_does_not_enter_again_until_it_changes(run):
    panel = panel_of([10, 10, 8, 8, 8, 8, 8], plan=plan(1, 1, 1, 1, 0.5, 0.5, 0.5))
    result = run(panel, limits=STOP)
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (2, -100.0, 8.0, "stop_loss"), (5, 50.0, 8.0, "decision")]
    assert result.targets.column("target").to_pylist() == [1.0, 0.0, 0.5]


def test_a_stop_may_trigger_in_the_bar_of_the_fill_or_from_the_next_on(run):
    panel = panel_of([10, 10, 10, 10], low=[10, 8, 10, 10], plan=plan(1, NAN, NAN, NAN))
    assert fills(run(panel, limits=STOP))[1] == (1, -100.0, 9.0, "stop_loss")
    assert len(fills(run(panel, limits=STOP, stop_active_from="next_bar"))) == 1


def test_a_fill_at_the_close_is_not_stopped_by_what_its_bar_did_before(run):
    panel = panel_of([10, 10, 10, 10], low=[10, 8, 10, 8], plan=plan(1, NAN, NAN, NAN))
    assert fills(run(panel, limits=STOP, fill_price="next_close")) == [
        (1, 100.0, 10.0, "decision"),
        (3, -100.0, 9.0, "stop_loss"),
    ]


def test_a_stop_closes_the_old_side_and_the_order_that_turns_it_goes_on(run):
    # the turn is decided on day 2 and due on day 4; the long is stopped at 9 on day 3: equity 900, 90 units short
    panel = panel_of([10] * 6, low=[10, 10, 10, 8.5, 10, 10], plan=plan(1, NAN, -1, NAN, NAN, NAN))
    for size_at in ("fill", "decision"):
        result = run(panel, limits=STOP, allow_short=True, latency_bars=1, size_at=size_at)
        assert fills(result) == [
            (2, 100.0, 10.0, "decision"),
            (3, -100.0, 9.0, "stop_loss"),
            (4, -90.0, 10.0, "decision"),
        ]
        assert result.orders.column("status").to_pylist() == ["filled"] * 3
        assert result.targets.column("target").to_pylist() == [1.0, -1.0]


def test_a_stop_in_the_bar_whose_close_turns_the_position_leaves_the_turn(run):
    panel = panel_of([10] * 4, low=[10, 10, 8.5, 10], plan=plan(1, -1, NAN, NAN))
    assert fills(run(panel, limits=STOP, allow_short=True, fill_price="next_close")) == [
        (1, 100.0, 10.0, "decision"),
        (2, -100.0, 9.0, "stop_loss"),
        (2, -90.0, 10.0, "decision"),
    ]


def test_a_stop_withdraws_an_order_that_only_makes_the_position_smaller(run):
    panel = panel_of([10] * 7, low=[10, 10, 10, 8.5, 10, 10, 10], plan=plan(1, NAN, 0.5, NAN, NAN, NAN, NAN))
    result = run(panel, limits=STOP, latency_bars=1)
    assert fills(result) == [(2, 100.0, 10.0, "decision"), (3, -100.0, 9.0, "stop_loss")]
    assert result.orders.column("status").to_pylist() == ["filled", "cancelled", "filled"]


def test_a_turn_that_was_taken_back_is_withdrawn_by_a_stop(run):
    # long again on day 3, before the turn of day 2 was filled: that side was stopped, and stays out
    panel = panel_of([10] * 8, low=[10, 10, 10, 10, 8.5, 10, 10, 10], plan=plan(1, NAN, NAN, -1, 1, NAN, NAN, NAN))
    result = run(panel, limits=STOP, allow_short=True, latency_bars=2)
    assert fills(result)[:2] == [(3, 100.0, 10.0, "decision"), (4, -100.0, 9.0, "stop_loss")]


def test_a_trailing_stop_follows_the_best_price_of_earlier_bars(run):
    # best price 20 after bar 2; in bar 3 the stop is at 16, whatever that bar's own high
    panel = panel_of(
        [10, 10, 20, 17, 17], low=[10, 10, 10, 15, 17], high=[10, 10, 20, 30, 17], open=[10, 10, 10, 20, 17], plan=LONG
    )
    result = run(panel, limits={"trailing_stop": {"max_giveback_fraction": 0.2}})
    assert fills(result)[1] == (3, -100.0, 16.0, "trailing_stop")


def test_the_tighter_of_two_stops_counts(run):
    panel = panel_of([10, 10, 8, 8], open=[10, 10, 10, 8], plan=plan(1, NAN, NAN, NAN))
    limits = {"stop_loss": {"max_loss_fraction": 0.1}, "trailing_stop": {"max_giveback_fraction": 0.05}}
    assert fills(run(panel, limits=limits))[1] == (2, -100.0, 9.5, "trailing_stop")


PROFIT = {"take_profit": {"max_gain_fraction": 0.5}}


def test_a_profit_is_taken_at_its_price_or_at_a_better_open(run):
    inside = panel_of([10, 10, 16, 16], open=[10, 10, 10, 16], plan=plan(1, NAN, NAN, NAN))
    gap = panel_of([10, 10, 16, 16], plan=plan(1, NAN, NAN, NAN))
    assert fills(run(inside, limits=PROFIT))[1] == (2, -100.0, 15.0, "take_profit")
    assert fills(run(gap, limits=PROFIT))[1] == (2, -100.0, 16.0, "take_profit")


@pytest.mark.parametrize(("first", "price"), [("stop_first", 9.0), ("take_profit_first", 15.0)])
def test_a_bar_that_touches_both_is_decided_by_the_spec(run, first, price):
    panel = panel_of([10, 10, 10], high=[10, 10, 20], low=[10, 10, 5], plan=plan(1, NAN, NAN))
    result = run(panel, limits={**STOP, **PROFIT}, intrabar_order=first)
    assert fills(result)[1][2] == price


def test_a_time_stop_closes_after_its_bars(run):
    result = run(panel_of([10] * 6, plan=plan(1, *[NAN] * 5)), limits={"time_stop": {"max_held_bars": 2}})
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (3, -100.0, 10.0, "time_stop")]


def test_a_time_stop_in_the_bar_of_a_turn_leaves_the_turn(run):
    result = run(
        panel_of([10] * 6, plan=plan(1, NAN, -1, NAN, NAN, NAN)), limits={"time_stop": {"max_held_bars": 2}},
        allow_short=True,
    )  # fmt: skip
    # 200 units turn the long into a short, which has its own two bars
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (3, -200.0, 10.0, "decision"), (5, 100.0, 10.0, "time_stop")]


def test_a_target_changed_in_the_bar_of_a_time_stop_opens_the_next_position(run):
    for latency_bars in (0, 1):
        result = run(
            panel_of([10] * 8, plan=plan(*[1, NAN, NAN, NAN][: 2 + latency_bars], 0.5, *[NAN] * (5 - latency_bars))),
            limits={"time_stop": {"max_held_bars": 2}}, latency_bars=latency_bars,
        )  # fmt: skip
        first = 1 + latency_bars
        assert fills(result)[:3] == [
            (first, 100.0, 10.0, "decision"),
            (first + 2 + latency_bars, -100.0, 10.0, "time_stop"),
            (first + 3 + 2 * latency_bars, 50.0, 10.0, "decision"),
        ]


def test_a_daily_loss_closes_everything_for_the_rest_of_the_session(run):
    panel = panel_of(
        [10, 10, 8, 8, 8, 8], session=[0, 0, 0, 0, 1, 1], plan=plan(1, NAN, NAN, 0.5, 0.25, NAN)
    )  # fmt: skip
    result = run(panel, limits={"daily_loss": {"max_daily_loss_fraction": 0.2}})
    # closed at the next open; 0.5, said in the same session, is not traded; 0.25 in the next one is
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (3, -100.0, 8.0, "daily_loss"), (5, 25.0, 8.0, "decision")]


def test_a_target_changed_in_a_halted_session_is_traded_when_the_next_one_begins(run):
    panel = panel_of([10, 10, 8, 8, 8, 8, 8], session=[0, 0, 0, 0, 0, 1, 1], plan=plan(1, NAN, NAN, 0.5, NAN, NAN, NAN))
    result = run(panel, limits={"daily_loss": {"max_daily_loss_fraction": 0.2}})
    # asked for at the close of the first bar of the next session: half of 800
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (3, -100.0, 8.0, "daily_loss"), (6, 50.0, 8.0, "decision")]
    assert result.targets.column("target").to_pylist() == [1.0, 0.0, 0.5]


def test_a_target_changed_in_the_very_bar_that_halts_waits_for_the_next_session(run):
    panel = panel_of([10, 10, 8, 8, 8, 8], session=[0, 0, 0, 0, 1, 1], plan=plan(1, NAN, 0.5, 0.5, NAN, NAN))
    result = run(panel, limits={"daily_loss": {"max_daily_loss_fraction": 0.2}})
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (3, -100.0, 8.0, "daily_loss"), (5, 50.0, 8.0, "decision")]


def test_a_target_that_stood_when_the_session_was_halted_stays_out(run):
    panel = panel_of([10, 10, 8, 8, 8, 8], session=[0, 0, 0, 0, 1, 1], plan=plan(1, 1, 1, 1, 1, 1))
    result = run(panel, limits={"daily_loss": {"max_daily_loss_fraction": 0.2}})
    assert [fill[3] for fill in fills(result)] == ["decision", "daily_loss"]


def test_the_daily_loss_is_measured_from_the_last_close_before_the_session(run):
    panel = panel_of([10, 10, 20, 17, 17], session=[0, 0, 0, 1, 1], plan=LONG)
    assert len(fills(run(panel, limits={"daily_loss": {"max_daily_loss_fraction": 0.2}}))) == 1
    assert len(fills(run(panel, limits={"daily_loss": {"max_daily_loss_fraction": 0.15}}))) == 2


def test_a_halt_ends_trading_for_good(run):
    panel = panel_of([10, 10, 5, 5, 5, 5], plan=plan(1, NAN, NAN, 0.5, 0.25, 1))
    result = run(panel, limits={"drawdown_halt": {"max_drawdown_fraction": 0.5}})
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (3, -100.0, 5.0, "drawdown_halt")]


def test_a_throttle_makes_positions_smaller_in_a_drawdown(run):
    # drawdown 20 % is half way from 10 % to 30 %: in two steps to a factor of 0.5 the first gives 0.75
    panel = panel_of([10, 10, 8, 8, 8], plan=LONG)
    throttle = {"start_drawdown_fraction": 0.1, "max_drawdown_fraction": 0.3, "min_scale_fraction": 0.5, "steps": 2}
    result = run(panel, limits={"drawdown_throttle": throttle})
    assert fills(result) == [(1, 100.0, 10.0, "decision"), (3, -25.0, 8.0, "drawdown_throttle")]
    assert next(event for event in result.audit if event["event"] == "equity_limit")["scale"] == 0.75


def test_the_strategys_own_stop_and_profit_are_honoured(run):
    stop = panel_of([10, 10, 8, 8], open=[10, 10, 10, 8], plan=plan(1, NAN, NAN, NAN, stop_loss=[9.5, NAN, NAN, NAN]))
    gain = panel_of(
        [10, 10, 14, 14], open=[10, 10, 10, 14], plan=plan(1, NAN, NAN, NAN, take_profit=[12.0, NAN, NAN, NAN])
    )
    assert fills(run(stop))[1] == (2, -100.0, 9.5, "strategy_stop_loss")
    assert fills(run(gain))[1] == (2, -100.0, 12.0, "strategy_take_profit")


def test_after_its_own_stop_a_strategy_enters_again_with_the_same_target(run):
    # stopped at 9.5 on day 2; the decision of that day's close is a change from 0; on day 4 nothing protects the new position
    panel = panel_of(
        [10, 10, 9, 10, 8, 8],
        open=[10, 10, 10, 10, 10, 8],
        plan=plan(1, NAN, 1, NAN, NAN, NAN, stop_loss=[9.5] + [NAN] * 5),
    )
    result = run(panel)
    assert fills(result) == [
        (1, 100.0, 10.0, "decision"),
        (2, -100.0, 9.5, "strategy_stop_loss"),
        (3, 95.0, 10.0, "decision"),
    ]
    assert result.targets.column("target").to_pylist() == [1.0]
    assert equity(result)[-1] == 760.0


def test_after_its_own_profit_a_silent_strategy_stays_out_until_it_speaks(run):
    panel = panel_of(
        [10, 10, 14, 14, 14, 14], open=[10, 10, 10, 14, 14, 14],
        plan=plan(1, NAN, NAN, NAN, 1, NAN, take_profit=[12.0] + [NAN] * 5),
    )  # fmt: skip
    result = run(panel)
    assert fills(result) == [
        (1, 100.0, 10.0, "decision"),
        (2, -100.0, 12.0, "strategy_take_profit"),
        (5, 85.0, 14.0, "decision"),
    ]
    assert result.targets.column("target").to_pylist() == [1.0, 0.0, 1.0]


def test_its_own_stop_lets_a_short_in_again_too(run):
    panel = panel_of(
        [10, 10, 11, 10, 10], high=[10, 10, 12, 10, 10],
        plan=plan(-1, NAN, -1, NAN, NAN, stop_loss=[11.0, NAN, NAN, NAN, NAN]),
    )  # fmt: skip
    result = run(panel, allow_short=True)
    assert fills(result) == [
        (1, -100.0, 10.0, "decision"),
        (2, 100.0, 11.0, "strategy_stop_loss"),
        (3, -90.0, 10.0, "decision"),
    ]


def test_where_a_limits_stop_is_the_tighter_one_the_limits_rule_holds(run):
    # the limit's stop at 9 is met before the strategy's at 8.5: the same target stays out
    panel = panel_of([10, 10, 8, 8, 8], open=[10, 10, 10, 8, 8], plan=plan(1, 1, 1, 1, 1, stop_loss=[8.5] + [NAN] * 4))
    assert fills(run(panel, limits=STOP)) == [(1, 100.0, 10.0, "decision"), (2, -100.0, 9.0, "stop_loss")]


def test_a_strategys_stop_belongs_to_its_side(run):
    panel = panel_of([10, 10, 10, 8, 8], plan=plan(1, -1, NAN, NAN, NAN, stop_loss=[9.0, NAN, NAN, NAN, NAN]))
    result = run(panel, allow_short=True)
    assert [fill[3] for fill in fills(result)] == ["decision", "decision"]


def test_a_strategys_stop_moves_with_a_split(run):
    panel = panel_of(
        [20, 20, 10, 8.5],
        open=[20, 20, 10, 10],
        split=[1, 1, 2, 1],
        plan=plan(1, NAN, NAN, NAN, stop_loss=[18, NAN, NAN, NAN]),
    )
    assert fills(run(panel))[1] == (3, -100.0, 9.0, "strategy_stop_loss")


def test_a_stop_loss_moves_with_a_split(run):
    panel = panel_of([20, 20, 10, 8.5], open=[20, 20, 10, 10], split=[1, 1, 2, 1], plan=plan(1, NAN, NAN, NAN))
    assert fills(run(panel, limits=STOP))[1] == (3, -100.0, 9.0, "stop_loss")
