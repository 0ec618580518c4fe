import numpy as np
import pytest
import talib

from enerqis.indicators.donchian import donchian


def shifted(values):
    return np.concatenate([[np.nan], values[:-1]])


@pytest.mark.parametrize("lookback_bars", [2, 20, 55, 200])
def test_it_is_the_extremes_of_talib_one_bar_late(bars, series, lookback_bars):
    expected = [shifted(talib.MAX(bars["high"], lookback_bars)), shifted(talib.MIN(bars["low"], lookback_bars))]
    np.testing.assert_array_equal(series(donchian(lookback_bars), bars), np.column_stack(expected))


def test_the_present_bar_is_not_in_its_own_channel(series):
    bars = {"high": np.array([3.0, 2.0, 9.0]), "low": np.array([1.0, 1.5, 0.5])}
    assert series(donchian(2), bars)[-1].tolist() == [3.0, 1.0]


def test_one_bar_is_window_enough(series):
    bars = {"high": np.array([3.0, 2.0, 9.0]), "low": np.array([1.0, 1.5, 0.5])}
    assert series(donchian(1), bars)[1:].tolist() == [[3.0, 1.0], [2.0, 1.5]]
