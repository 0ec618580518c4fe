import numpy as np
import pytest
import talib

from enerqis.indicators.zscore import zscore


@pytest.mark.parametrize("tick_size", [0.0, 0.01])
def test_it_agrees_with_talib(bars, series, tick_size):
    close = np.round(bars["close"], 2)
    expected = (close - talib.SMA(close, 20)) / talib.STDDEV(close, 20, nbdev=1.0)
    np.testing.assert_allclose(series(zscore("close", 20), {"close": close}, tick_size), expected, rtol=1e-9, atol=1e-9)


def test_a_price_that_stands_still_scores_zero(series):
    assert series(zscore("close", 3), {"close": np.full(5, 0.1)})[2:].tolist() == [0.0, 0.0, 0.0]
