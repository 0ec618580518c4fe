import math

import pytest
from pydantic import ValidationError

from enerqis.interfaces.strategy import Account, Bar, NoState
from enerqis.strategies.sma_cross import SmaCrossIndicators, SmaCrossParams, indicators, on_bar

BAR = Bar(10.0, 10.0, 10.0, 10.0, 1.0)
FLAT = Account(0.0, 0.0, 0.0, 1000.0)


def target(fast, slow, **settings):
    return on_bar(SmaCrossParams(**settings), NoState(), BAR, SmaCrossIndicators(fast, slow), FLAT).target


def test_it_is_long_while_the_fast_average_is_above():
    assert target(11.0, 10.0, exposure=0.5) == 0.5


def test_it_is_flat_while_the_fast_average_is_below():
    assert target(9.0, 10.0) == 0.0


def test_a_tie_counts_as_not_above():
    assert target(10.0, 10.0) == 0.0


def test_it_is_short_below_where_it_is_told_to():
    assert target(9.0, 10.0, is_long_short=True) == -1.0


def test_it_says_nothing_while_the_slow_average_warms_up():
    assert math.isnan(target(10.0, math.nan, is_long_short=True))


def test_it_looks_at_two_averages_of_the_close():
    calls = indicators(SmaCrossParams(fast_bars=3, slow_bars=7))
    assert {name: (call.kind, call.inputs, dict(call.arguments)) for name, call in calls.items()} == {
        "fast": ("sma", ("close",), {"lookback_bars": 3.0}),
        "slow": ("sma", ("close",), {"lookback_bars": 7.0}),
    }


@pytest.mark.parametrize(("fast", "slow"), [(30, 30), (31, 30)])
def test_a_fast_average_that_is_not_faster_is_refused(fast, slow):
    with pytest.raises(ValidationError, match=r"fast_bars \(\d+\) must be less than slow_bars \(30\)"):
        SmaCrossParams(fast_bars=fast, slow_bars=slow)
