import math

import pytest
from pydantic import ValidationError

from enerqis.interfaces.strategy import Account, Bar, NoState
from enerqis.strategies.rsi_reversion import RsiReversionIndicators, RsiReversionParams, indicators, on_bar

BAR = Bar(10.0, 10.0, 10.0, 10.0, 1.0)


def target(rsi, units=0.0, **settings):
    account = Account(units, 10.0 if units else 0.0, 1.0 if units else 0.0, 1000.0)
    return on_bar(RsiReversionParams(**settings), NoState(), BAR, RsiReversionIndicators(rsi), account).target


def test_it_buys_what_is_oversold():
    assert target(29.9, exposure=0.5) == 0.5


def test_at_the_level_itself_nothing_is_said():
    assert math.isnan(target(30.0))


def test_it_leaves_a_long_in_the_middle():
    assert target(50.0, units=1.0) == 0.0


def test_it_keeps_a_long_until_then():
    assert math.isnan(target(49.9, units=1.0))


def test_overbought_closes_a_long():
    assert target(70.1, units=1.0) == 0.0


def test_overbought_opens_a_short_where_it_is_told_to_and_the_middle_closes_it():
    assert target(70.1, is_long_short=True) == -1.0
    assert math.isnan(target(50.1, units=-1.0, is_long_short=True))
    assert target(50.0, units=-1.0, is_long_short=True) == 0.0


def test_it_says_nothing_while_the_rsi_warms_up():
    assert math.isnan(target(math.nan, units=1.0))


def test_it_looks_at_the_rsi_of_the_close():
    call = indicators(RsiReversionParams(lookback_bars=5))["rsi"]
    assert (call.kind, call.inputs, call.arguments) == ("rsi", ("close",), (("lookback_bars", 5.0),))


@pytest.mark.parametrize("levels", [{"oversold_level": 50.0}, {"overbought_level": 50.0}, {"exit_level": 10.0}])
def test_levels_that_do_not_rise_are_refused(levels):
    with pytest.raises(ValidationError, match="levels must rise from oversold_level"):
        RsiReversionParams(**levels)
