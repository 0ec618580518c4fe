import numpy as np
import pytest
import talib

from enerqis.indicators.ema import EmaParams, ema, settling_bars, warmup_bars


@pytest.mark.parametrize("lookback_bars", [2, 12, 200])
def test_it_agrees_with_talib(bars, series, lookback_bars):
    ours = series(ema("close", lookback_bars), bars)
    np.testing.assert_allclose(ours, talib.EMA(bars["close"], lookback_bars), rtol=1e-12)


def test_it_starts_as_the_mean_of_the_first_window(series):
    values = series(ema("close", 3), {"close": np.array([1.0, 2.0, 6.0, 7.0])})
    np.testing.assert_array_equal(values, [np.nan, np.nan, 3.0, 5.0])


def test_the_seed_is_forgotten_after_the_settling_bars(bars, series):
    p = EmaParams(10.0, 0.0)
    whole = series(ema("close", 10), bars)[500:]
    later = series(ema("close", 10), {"close": bars["close"][500:]})
    np.testing.assert_allclose(later[settling_bars(p) :], whole[settling_bars(p) :], rtol=1e-12)
    assert settling_bars(p) > warmup_bars(p) == 10
