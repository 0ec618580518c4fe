import math

import pytest
from pydantic import ValidationError

from enerqis.indicators.donchian import Donchian
from enerqis.interfaces.strategy import Account, Bar, NoState
from enerqis.strategies.donchian_breakout import (
    DonchianBreakoutIndicators,
    DonchianBreakoutParams,
    indicators,
    on_bar,
)

IND = DonchianBreakoutIndicators(entry=Donchian(110.0, 90.0), leave=Donchian(105.0, 95.0), range=2.0)


def decide(close, units=0.0, ind=IND, **settings):
    account = Account(units, 100.0 if units else 0.0, 1.0 if units else 0.0, 1000.0)
    return on_bar(DonchianBreakoutParams(**settings), NoState(), Bar(close, close, close, close, 1.0), ind, account)


def test_a_close_above_the_entry_channel_opens_a_long_with_a_stop():
    decision = decide(111.0)
    assert (decision.target, decision.stop_loss) == (1.0, 107.0)


def test_a_close_at_the_edge_is_no_breakout():
    assert math.isnan(decide(110.0).target)


def test_a_long_that_breaks_out_again_keeps_its_stop():
    decision = decide(112.0, units=1.0)
    assert decision.target == 1.0
    assert math.isnan(decision.stop_loss)


def test_without_a_multiple_there_is_no_stop():
    assert math.isnan(decide(111.0, stop_atr_multiple=0.0).stop_loss)


def test_a_close_below_the_exit_channel_closes_a_long():
    assert decide(94.9, units=1.0).target == 0.0
    assert math.isnan(decide(95.0, units=1.0).target)


def test_flat_below_the_exit_channel_asks_for_nothing_so_that_the_next_breakout_is_a_change():
    assert decide(94.9).target == 0.0
    assert math.isnan(decide(95.0).target)
    assert math.isnan(decide(94.9, is_long_short=True).target)


def test_a_fall_out_of_the_entry_channel_opens_a_short_only_where_it_is_told_to():
    assert decide(89.0).target == 0.0
    decision = decide(89.0, is_long_short=True)
    assert (decision.target, decision.stop_loss) == (-1.0, 93.0)


def test_a_close_above_the_exit_channel_closes_a_short():
    assert decide(105.1, units=-1.0, is_long_short=True).target == 0.0


def test_a_short_that_breaks_out_again_keeps_its_stop():
    assert math.isnan(decide(88.0, units=-1.0, is_long_short=True).stop_loss)


def test_it_says_nothing_while_it_warms_up():
    assert math.isnan(decide(111.0, ind=IND._replace(entry=Donchian(math.nan, math.nan))).target)
    assert math.isnan(decide(111.0, ind=IND._replace(range=math.nan)).target)


def test_it_looks_at_two_channels_and_the_true_range():
    calls = indicators(DonchianBreakoutParams(entry_bars=5, exit_bars=3, atr_bars=4))
    assert {name: (call.kind, dict(call.arguments)["lookback_bars"]) for name, call in calls.items()} == {
        "entry": ("donchian", 5.0),
        "leave": ("donchian", 3.0),
        "range": ("atr", 4.0),
    }


def test_an_exit_channel_longer_than_the_entry_channel_is_refused():
    with pytest.raises(ValidationError, match=r"exit_bars \(21\) must not exceed entry_bars \(20\)"):
        DonchianBreakoutParams(exit_bars=21)
