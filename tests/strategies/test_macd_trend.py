import math

import pytest
from pydantic import ValidationError

from enerqis.indicators.macd import Macd
from enerqis.interfaces.strategy import Account, Bar, NoState
from enerqis.strategies.macd_trend import MacdTrendIndicators, MacdTrendParams, indicators, on_bar

BAR = Bar(10.0, 10.0, 10.0, 10.0, 1.0)
FLAT = Account(0.0, 0.0, 0.0, 1000.0)


def target(histogram, **settings):
    ind = MacdTrendIndicators(Macd(1.0 + histogram, 1.0, histogram))
    return on_bar(MacdTrendParams(**settings), NoState(), BAR, ind, FLAT).target


def test_it_is_long_while_the_line_is_above_its_signal():
    assert target(0.1, exposure=0.5) == 0.5


@pytest.mark.parametrize("histogram", [0.0, -0.1])
def test_it_is_flat_else_and_a_tie_counts_as_not_above(histogram):
    assert target(histogram) == 0.0


def test_it_is_short_below_where_it_is_told_to():
    assert target(-0.1, is_long_short=True) == -1.0


def test_it_says_nothing_while_the_macd_warms_up():
    assert math.isnan(target(math.nan, is_long_short=True))


def test_it_looks_at_the_macd_of_the_close():
    call = indicators(MacdTrendParams(fast_bars=3, slow_bars=7, signal_bars=2))["macd"]
    assert (call.kind, call.inputs) == ("macd", ("close",))
    assert dict(call.arguments) == {"fast_bars": 3.0, "slow_bars": 7.0, "signal_bars": 2.0}


def test_a_fast_average_that_is_not_faster_is_refused():
    with pytest.raises(ValidationError, match=r"fast_bars \(26\) must be less than slow_bars \(26\)"):
        MacdTrendParams(fast_bars=26)
