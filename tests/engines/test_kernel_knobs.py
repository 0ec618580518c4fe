"""Every knob of the execution spec on cases small enough to work by hand."""

from __future__ import annotations

import math

import pytest

from enerqis.core.errors import StageError
from enerqis.costs import notional_bps, per_unit, spread_bps
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.costs.per_unit import PerUnitParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.interfaces.engine import Plugged
from tests.engines import thin_book
from tests.engines.scenes import fills, panel_of
from tests.engines.thin_book import ThinBookParams

NAN = math.nan
ONE_PERCENT = Plugged(notional_bps, NotionalBpsParams(commission_bps=100.0))
OPEN, CLOSE = [10, 20, 25, 40], [11, 22, 30, 50]


def target(*values):
    return {"target": list(values)}


def final_equity(result):
    return result.equity.column("equity")[-1].as_py()


def test_a_decision_at_the_close_fills_at_the_next_open(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(1, NAN, 0, NAN)))
    assert fills(result) == [(1, 50.0, 20.0, "decision"), (3, -50.0, 40.0, "decision")]
    assert result.fills.column("ts").cast("int64").to_pylist()[0] % 86_400_000_000_000 == 14 * 3_600_000_000_000
    assert result.equity.column("equity").to_pylist() == [1000.0, 1100.0, 1500.0, 2000.0]


def test_or_at_the_next_close(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(1, NAN, 0, NAN)), fill_price="next_close")
    assert fills(result) == [(1, 45.0, 22.0, "decision"), (3, -45.0, 50.0, "decision")]
    assert result.fills.column("ts").cast("int64").to_pylist()[0] % 86_400_000_000_000 == 21 * 3_600_000_000_000


def test_sized_at_the_decision_the_units_are_known_before_the_price(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.5, NAN, NAN, NAN)), size_at="decision")
    assert fills(result) == [(1, 45.0, 20.0, "decision")]
    assert result.orders.column("units").to_pylist() == [45.0]


def test_sized_at_the_fill_the_order_has_no_units_yet(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.5, NAN, NAN, NAN)))
    assert fills(result) == [(1, 25.0, 20.0, "decision")]
    assert math.isnan(result.orders.column("units")[0].as_py())


def test_costs_kept_back_make_an_all_in_order_payable(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(1, NAN, NAN, NAN)), commission=ONE_PERCENT, lot_step=0.0)
    assert fills(result) == [(1, pytest.approx(1000 / 20.2), 20.0, "decision")]
    assert result.equity.column("cash").to_pylist()[-1] == pytest.approx(0.0, abs=1e-9)


def test_costs_not_kept_back_are_paid_by_a_smaller_order_or_by_debt(run):
    panel = panel_of(CLOSE, open=OPEN, plan=target(1, NAN, NAN, NAN))
    debt = run(panel, commission=ONE_PERCENT, keep_commission=False, cash_shortfall="allow")
    assert fills(debt) == [(1, 50.0, 20.0, "decision")]
    assert debt.equity.column("cash").to_pylist()[-1] == -10.0
    reduced = run(panel, commission=ONE_PERCENT, keep_commission=False)
    assert fills(reduced) == [(1, 49.0, 20.0, "decision")]
    assert [event["event"] for event in reduced.audit] == ["order_reduced"]


def test_an_order_that_cannot_be_paid_is_refused_if_the_spec_says_so(run):
    panel = panel_of(CLOSE, open=OPEN, plan=target(1, NAN, NAN, NAN))
    result = run(panel, commission=ONE_PERCENT, keep_commission=False, cash_shortfall="reject")
    assert fills(result) == []
    assert result.orders.column("status").to_pylist() == ["rejected"]
    assert result.audit == [
        {"ts": panel.ts_open[1, 0], "event": "order_rejected", "symbol": "A", "order_id": 1, "units": 50.0}
    ]


def test_an_order_made_smaller_pays_the_commission_or_its_minimum_not_both(run):
    # 999 units cost 9990 and 9.99, of which the minimum of 5 is a part; in steps of a half, 998.5 would leave 5.02
    fee = Plugged(per_unit, PerUnitParams(commission_per_unit=0.01, min_commission=5.0))
    panel = panel_of([10, 10, 10], plan=target(1, NAN, NAN))
    result = run(panel, commission=fee, keep_commission=False, initial_cash=10_000.0, lot_step=0.5)
    assert fills(result) == [(1, 999.0, 10.0, "decision")]
    # of 1000 in cash 99.5 units leave the minimum
    small = run(panel, commission=fee, keep_commission=False, lot_step=0.5)
    assert fills(small) == [(1, 99.5, 10.0, "decision")]


def test_the_minimum_commission_is_kept_back_too(run):
    fixed = Plugged(per_unit, PerUnitParams(commission_per_unit=0.0, min_commission=100.0))
    result = run(panel_of(CLOSE, open=OPEN, plan=target(1, NAN, NAN, NAN)), commission=fixed)
    assert fills(result) == [(1, 45.0, 20.0, "decision")]
    assert result.equity.column("cash").to_pylist()[-1] == 0.0


def test_spread_and_slippage_worsen_both_sides_and_are_booked(run):
    spread = Plugged(spread_bps, SpreadBpsParams(half_spread_bps=60.0, slippage_bps=40.0))
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.5, NAN, 0, NAN)), slippage=spread, keep_commission=False)
    assert fills(result) == [(1, 25.0, 20.2, "decision"), (3, -25.0, 39.6, "decision")]
    assert result.fills.column("slippage").to_pylist() == pytest.approx([5.0, 10.0])
    assert final_equity(result) == pytest.approx(1000 + 25 * (39.6 - 20.2))


THIN = Plugged(thin_book, ThinBookParams(slope=1.0))


def test_a_slippage_that_grows_with_size_is_kept_back_as_that_of_the_whole_trade(run):
    # 25 of 1000 units traded in the bar cost 2.5 %: 25 / (1 + 0.5 * 0.025) = 24.69 units; 24 of them cost 2.4 %
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.5, NAN, NAN, NAN)), slippage=THIN)
    assert fills(result) == [(1, 24.0, 20.48, "decision")]


def test_an_order_that_moves_the_market_is_made_smaller_until_it_can_be_paid(run):
    # each of 50 units would cost 5 % more: 1000 / 21 = 47.6; 47 units pay 4.7 %
    result = run(panel_of(CLOSE, open=OPEN, plan=target(1, NAN, NAN, NAN)), slippage=THIN, keep_commission=False)
    assert fills(result) == [(1, 47.0, 20.94, "decision")]
    assert result.equity.column("cash").to_pylist()[-1] == pytest.approx(1000 - 47 * 20.94)


def test_on_change_a_standing_target_is_not_traded_again(run):
    assert len(fills(run(panel_of(CLOSE, open=OPEN, plan=target(0.5, 0.5, 0.5, 0.5))))) == 1


def test_every_bar_the_exposure_is_brought_back(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.5, NAN, NAN, NAN)), rebalance="every_bar", lot_step=0.0)
    assert fills(result) == [
        (1, 25.0, 20.0, "decision"),
        (2, -2.5, 25.0, "rebalance"),  # equity 1125, half of it is 22.5 units at 25
        (3, -4.21875, 40.0, "rebalance"),  # equity 562.5 + 22.5 * 40 = 1462.5, half of it is 18.28125 units at 40
    ]


def test_in_a_band_only_a_drift_beyond_it_is_traded(run):
    # after the fill: exposures at the closes are 550/1050, 750/1250 = 0.6 and then more
    result = run(
        panel_of(CLOSE, open=OPEN, plan=target(0.5, NAN, NAN, NAN)), rebalance="band", band_fraction=0.09, lot_step=0.0
    )
    assert fills(result) == [(1, 25.0, 20.0, "decision"), (3, -6.25, 40.0, "rebalance")]


@pytest.mark.parametrize(
    ("knobs", "units"),
    [
        ({"lot_step": 0.0}, 45.0),
        ({"lot_step": 10.0}, 40.0),
        ({"lot_step": 10.0, "lot_rounding": "nearest", "cash_shortfall": "allow"}, 50.0),
        ({"lot_step": 0.1}, 45.0),
    ],
)
def test_units_are_whole_lots(run, knobs, units):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.9, NAN, NAN, NAN)), **knobs)
    assert [fill[1] for fill in fills(result)] == pytest.approx([units])


def test_less_than_one_lot_is_refused_and_said(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.5, NAN, NAN, NAN)), lot_step=1000.0)
    assert result.orders.column("status").to_pylist() == ["rejected"]
    assert [event["event"] for event in result.audit] == ["order_rejected"]


TWO = {"close": [[10, 10]] * 4, "plan": {"target": [[0, 1], [1, 0], [NAN, NAN], [NAN, NAN]]}}


def test_sells_first_pay_for_buys(run):
    result = run(panel_of(**TWO))
    assert [(row["symbol"], row["units"]) for row in result.fills.to_pylist()] == [
        ("B", 100.0),
        ("B", -100.0),
        ("A", 100.0),
    ]


def test_in_symbol_order_a_buy_may_come_too_early(run):
    result = run(panel_of(**TWO), order_sequence="symbol_order")
    assert [(row["symbol"], row["units"]) for row in result.fills.to_pylist()] == [("B", 100.0), ("B", -100.0)]
    assert result.orders.column("status").to_pylist() == ["filled", "rejected", "filled"]


def test_latency_lets_every_order_wait_whole_bars(run):
    result = run(panel_of([10, 10, 20, 25, 50], plan=target(0.5, 0, NAN, NAN, NAN)), latency_bars=1)
    assert fills(result) == [(2, 25.0, 20.0, "decision"), (3, -25.0, 25.0, "decision")]


def test_orders_in_flight_count_where_units_are_sized_at_the_decision(run):
    # 100 units are on their way when half of 1000 at 10 is decided: 50 fewer
    result = run(panel_of([10] * 5, plan=target(1, 0.5, NAN, NAN, NAN)), latency_bars=1, size_at="decision")
    assert fills(result) == [(2, 100.0, 10.0, "decision"), (3, -50.0, 10.0, "decision")]
    assert result.orders.column("units").to_pylist() == [100.0, -50.0]


def test_units_on_their_way_are_split_with_the_asset(run):
    # 50 units at 20, on their way, become 100 at 10; then half of 1000
    panel = panel_of([20, 20, 10, 10, 10], split=[1, 1, 2, 1, 1], plan=target(1, 0.5, NAN, NAN, NAN))
    result = run(panel, latency_bars=1, size_at="decision")
    assert fills(result) == [(2, 100.0, 10.0, "decision"), (3, -50.0, 10.0, "decision")]


def test_latency_beyond_the_end_leaves_the_order_open(run):
    result = run(panel_of([10, 10, 20], plan=target(0.5, NAN, NAN)), latency_bars=5)
    assert fills(result) == []
    assert result.orders.column("status").to_pylist() == ["open"]


def test_without_shorting_a_negative_target_means_flat(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(1, -1, NAN, NAN)))
    assert fills(result) == [(1, 50.0, 20.0, "decision"), (2, -50.0, 25.0, "decision")]


def test_a_short_gains_when_the_price_falls_and_turns_in_one_fill(run):
    result = run(panel_of([20, 20, 16, 16, 16], plan=target(-1, NAN, 1, NAN, NAN)), allow_short=True)
    assert fills(result) == [(1, -50.0, 20.0, "decision"), (3, 125.0, 16.0, "decision")]
    assert final_equity(result) == 1200.0
    entries = result.positions.to_pylist()
    assert [(row["units"], row["entry_price"]) for row in entries] == [(-50.0, 20.0), (75.0, 16.0)]


def test_margin_bounds_what_a_lever_can_hold(run):
    panel = panel_of([20, 20, 20, 20], plan=target(3, NAN, NAN, NAN))
    assert fills(run(panel, initial_margin_fraction=0.5))[0][1] == 100.0
    assert fills(run(panel, initial_margin_fraction=0.25))[0][1] == 150.0


def test_a_multiplier_makes_each_point_worth_more(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(1, NAN, NAN, NAN)), contract_multiplier=5.0)
    assert fills(result) == [(1, 10.0, 20.0, "decision")]
    assert result.equity.column("equity").to_pylist() == [1000.0, 1100.0, 1500.0, 2500.0]


def test_at_the_last_bar_positions_are_held_or_sold(run):
    panel = panel_of(CLOSE, open=OPEN, plan=target(1, NAN, NAN, NAN))
    assert len(fills(run(panel))) == 1
    assert fills(run(panel, last_bar="close"))[1] == (3, -50.0, 50.0, "last_bar")


def test_an_order_waits_over_missing_bars_and_the_position_keeps_its_mark(run):
    panel = panel_of(
        [[10, 10], [NAN, 10], [20, 10], [NAN, 10], [25, 10]],
        plan={"target": [[0.5, NAN], [NAN, NAN], [NAN, NAN], [NAN, NAN], [NAN, NAN]]},
    )
    result = run(panel)
    assert fills(result) == [(2, 25.0, 20.0, "decision")]
    assert result.equity.column("equity").to_pylist() == [1000.0, 1000.0, 1000.0, 1000.0, 1125.0]


def test_a_symbol_without_bars_for_long_is_closed_at_its_last_close(run):
    # the last bar is that of day 2; two days later is more than one day, and the first row that knows it is day 4's
    panel = panel_of(
        [[10, 10], [10, 10], [12, 10], [NAN, 10], [NAN, 10], [NAN, 10]],
        plan={"target": [[0.5, NAN]] + [[NAN, NAN]] * 5},
    )
    result = run(panel, delisted_after_days=1)
    assert fills(result) == [(1, 50.0, 10.0, "decision"), (4, -50.0, 12.0, "delisted")]
    assert [(event["event"], event["symbol"], event["price"]) for event in result.audit] == [("delisted", "A", 12.0)]
    assert result.targets.column("target").to_pylist() == [0.5, 0.0]
    assert final_equity(result) == 1100.0
    assert len(fills(run(panel, delisted_after_days=3))) == 1


def test_a_symbol_that_comes_back_begins_anew(run):
    close = [[10, 10], [10, 10], [NAN, 10], [NAN, 10], [NAN, 10], [20, 10], [20, 10], [NAN, 10], [NAN, 10]]
    panel = panel_of(close, plan={"target": [[0.5, NAN]] * 9})
    assert fills(run(panel, delisted_after_days=1)) == [
        (1, 50.0, 10.0, "decision"),
        (3, -50.0, 10.0, "delisted"),
        (6, 25.0, 20.0, "decision"),
        (8, -25.0, 20.0, "delisted"),
    ]


def test_cutting_the_future_leaves_the_past(run):
    close = [[10, 10]] * 5 + [[10, NAN]] * 2 + [[10, 12]] * 3
    plan = {"target": [[NAN, 0.5]] + [[NAN, NAN]] * 9}
    whole = fills(run(panel_of(close, plan=plan), delisted_after_days=1))
    assert whole == [(1, 50.0, 10.0, "decision"), (6, -50.0, 10.0, "delisted")]
    for rows in range(2, 10):
        cut = {"target": plan["target"][:rows]}
        known = [fill for fill in whole if fill[0] < rows]
        assert fills(run(panel_of(close[:rows], plan=cut), delisted_after_days=1)) == known


def test_a_split_changes_units_not_wealth(run):
    panel = panel_of([20, 20, 10, 10], split=[1, 1, 2, 1], plan=target(1, NAN, NAN, 0))
    result = run(panel)
    assert result.equity.column("equity").to_pylist() == [1000.0] * 4
    assert [(row["units"], row["entry_price"]) for row in result.positions.to_pylist()] == [(50.0, 20.0), (100.0, 10.0)]
    assert result.audit[0]["event"] == "split"


def test_a_dividend_pays_longs_and_is_paid_by_shorts(run):
    panel = panel_of([20, 20, 19, 19], dividend=[0, 0, 1, 0], plan=target(1, NAN, NAN, NAN))
    assert run(panel).equity.column("cash").to_pylist() == [1000.0, 0.0, 50.0, 50.0]
    short = panel_of([20, 20, 19, 19], dividend=[0, 0, 1, 0], plan=target(-1, NAN, NAN, NAN))
    assert run(short, allow_short=True).equity.column("equity").to_pylist() == [1000.0] * 4


def test_targets_are_written_where_they_change(run):
    result = run(panel_of(CLOSE, open=OPEN, plan=target(0.5, 0.5, NAN, 0)))
    assert result.targets.column("target").to_pylist() == [0.5, 0.0]
    assert result.orders.column("status").to_pylist() == ["filled", "open"]


def test_an_infinite_target_is_refused(run):
    with pytest.raises(StageError, match="'target' must be a finite exposure"):
        run(panel_of(CLOSE, plan=target(math.inf, NAN, NAN, NAN)))


def test_an_account_without_equity_has_no_exposure(run):
    # 200 units at 10, half on credit, are worth the credit at 5; sold at 5 nothing is left
    result = run(panel_of([10, 10, 5, 5, 5], plan=target(2, NAN, NAN, NAN, NAN)), initial_margin_fraction=0.5)
    assert result.equity.column("equity").to_pylist() == [1000.0, 1000.0, 0.0, 0.0, 0.0]
    assert result.equity.column("gross_exposure").to_pylist() == [0.0, 2.0, 0.0, 0.0, 0.0]
    assert result.equity.column("net_exposure").to_pylist() == [0.0, 2.0, 0.0, 0.0, 0.0]


def test_a_ruined_account_trades_no_more(run):
    panel = panel_of([10, 10, 10, 1, 20, 20], plan=target(3, NAN, NAN, NAN, 1, 1))
    result = run(panel, cash_shortfall="allow")
    assert fills(result)[-1] == (4, -300.0, 20.0, "bankrupt")
    assert result.audit[0] | {"ts": 0} == {"ts": 0, "event": "equity_limit", "scale": 0.0, "reason": "bankrupt"}
