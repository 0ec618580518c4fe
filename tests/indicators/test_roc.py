import numpy as np
import pytest
import talib

from enerqis.indicators.roc import roc


@pytest.mark.parametrize("lookback_bars", [1, 10, 200])
def test_it_agrees_with_talib(bars, series, lookback_bars):
    ours = series(roc("close", lookback_bars), bars)
    np.testing.assert_allclose(ours, talib.ROCP(bars["close"], lookback_bars), rtol=1e-12, atol=1e-15)


def test_from_zero_there_is_no_rate(series):
    np.testing.assert_array_equal(series(roc("close", 1), {"close": np.array([0.0, 2.0, 3.0])}), [np.nan, np.nan, 0.5])
