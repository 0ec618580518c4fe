from fractions import Fraction

import numpy as np
import pytest
import talib

from enerqis.indicators.sma import SmaParams, SmaState, initial_state, sma, step, warmup_bars


@pytest.mark.parametrize("lookback_bars", [2, 10, 200])
@pytest.mark.parametrize("tick_size", [0.0, 0.01])
def test_it_agrees_with_talib(bars, series, lookback_bars, tick_size):
    close = np.round(bars["close"], 2)
    ours = series(sma("close", lookback_bars), {"close": close}, tick_size)
    np.testing.assert_allclose(ours, talib.SMA(close, lookback_bars), rtol=1e-12)


@pytest.mark.parametrize(("lookback_bars", "price"), [(10, 0.07), (30, 27.39), (49, 1.1)])
def test_the_average_of_a_still_price_is_that_price(series, lookback_bars, price):
    closes = {"close": np.full(60, price)}
    assert set(series(sma("close", lookback_bars), closes)[lookback_bars - 1 :]) == {price}


def test_windows_of_different_length_with_equal_means_tie_exactly(series):
    cents = np.array([2710, 2735, 2742, 2701, 2722, 2722, 2722, 2722])
    closes = {"close": cents / 100.0}
    fast, slow = series(sma("close", 4), closes, 0.01), series(sma("close", 8), closes, 0.01)
    assert Fraction(int(cents[4:].sum()), 4) == Fraction(int(cents.sum()), 8)
    assert fast[-1] == slow[-1]


def test_a_feature_that_is_not_there_yet_counts_as_not_seen():
    p = SmaParams(2.0, 0.0)
    state = initial_state(p)
    values = [step(p, state, value) for value in (1.0, float("nan"), 3.0, float("nan"), 5.0)]
    np.testing.assert_array_equal(values, [np.nan, np.nan, 2.0, np.nan, 4.0])


def test_the_first_value_comes_with_the_last_bar_of_the_warm_up(series):
    values = series(sma("close", 5), {"close": np.arange(1.0, 9.0)})
    assert np.flatnonzero(~np.isnan(values))[0] == warmup_bars(SmaParams(5.0, 0.0)) - 1


def test_its_state_holds_one_window():
    state = initial_state(SmaParams(5.0, 0.0))
    assert isinstance(state, SmaState)
    assert state.window.shape == (5,)


@pytest.mark.parametrize("lookback_bars", [0, -1, 2.5, 1_000_001])
def test_a_window_that_is_no_count_of_bars_is_refused(lookback_bars):
    with pytest.raises(ValueError, match="lookback_bars must be a whole number from 1 to 1000000"):
        sma("close", lookback_bars)


def test_an_unknown_source_is_refused():
    with pytest.raises(ValueError, match="source 'clos' is unknown"):
        sma("clos", 3)
