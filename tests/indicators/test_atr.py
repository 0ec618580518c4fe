import numpy as np
import pytest
import talib

from enerqis.indicators.atr import atr, true_range


@pytest.mark.parametrize("lookback_bars", [2, 14, 100])
def test_it_agrees_with_talib(bars, series, lookback_bars):
    expected = talib.ATR(bars["high"], bars["low"], bars["close"], lookback_bars)
    np.testing.assert_allclose(series(atr(lookback_bars), bars), expected, rtol=1e-12)


def test_a_gap_counts_as_movement():
    assert true_range(12.0, 11.0, 9.0) == 3.0
    assert true_range(8.0, 7.5, 9.0) == 1.5
    assert true_range(10.0, 8.0, 9.0) == 2.0
