import numpy as np
import pytest
import talib

from enerqis.indicators.rsi import rsi


@pytest.mark.parametrize("lookback_bars", [2, 14, 100])
def test_it_agrees_with_talib(bars, series, lookback_bars):
    ours = series(rsi("close", lookback_bars), bars)
    np.testing.assert_allclose(ours, talib.RSI(bars["close"], lookback_bars), rtol=1e-10)


def test_a_price_that_never_moved_is_in_the_middle(series):
    np.testing.assert_array_equal(series(rsi("close", 2), {"close": np.full(4, 7.0)}), [np.nan, np.nan, 50.0, 50.0])


def test_only_rises_give_a_hundred_and_only_falls_nothing(series):
    rising = np.arange(1.0, 6.0)
    assert series(rsi("close", 3), {"close": rising})[-1] == 100.0
    assert series(rsi("close", 3), {"close": rising[::-1].copy()})[-1] == 0.0
