import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

from enerqis.indicators.rolling_std import RollingStdParams, initial_state, rolling_std, step


def stepped(values, lookback_bars, tick_size=0.0):
    p = RollingStdParams(float(lookback_bars), tick_size)
    state = initial_state(p)
    return [step(p, state, value) for value in values]


@pytest.mark.parametrize("lookback_bars", [2, 20, 200])
@pytest.mark.parametrize("tick_size", [0.0, 0.01])
def test_it_agrees_with_talib(bars, series, lookback_bars, tick_size):
    close = np.round(bars["close"], 2)
    ours = series(rolling_std("close", lookback_bars), {"close": close}, tick_size)
    np.testing.assert_allclose(ours, talib.STDDEV(close, lookback_bars, nbdev=1.0), rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("lookback_bars", [2, 20, 200])
def test_it_agrees_with_the_two_pass_formula_to_the_last_digits(bars, series, lookback_bars):
    ours = series(rolling_std("close", lookback_bars), bars)[lookback_bars - 1 :]
    windows = np.lib.stride_tricks.sliding_window_view(bars["close"], lookback_bars)
    np.testing.assert_allclose(ours, windows.std(axis=1), rtol=1e-12)


@given(st.floats(min_value=1e-3, max_value=1e6), st.integers(min_value=1, max_value=60))
def test_a_price_that_stands_still_has_no_deviation(price, lookback_bars):
    assert stepped([price] * (2 * lookback_bars), lookback_bars)[-1] == 0.0


def test_large_prices_that_move_little_keep_their_digits():
    values = [1e8 + 0.25, 1e8 + 0.75] * 10
    assert stepped(values, 20)[-1] == 0.25


@given(
    st.lists(st.floats(min_value=0.01, max_value=1e5), max_size=50),
    st.lists(st.floats(min_value=0.01, max_value=1e5), min_size=12, max_size=12),
)
def test_the_same_window_gives_the_same_bits_whatever_came_before(past, window):
    assert stepped(past + window, 12)[-1] == stepped(window, 12)[-1]


@given(
    st.lists(st.integers(min_value=1, max_value=10**9), max_size=50),
    st.lists(st.integers(min_value=1, max_value=10**9), min_size=12, max_size=12),
)
def test_so_it_does_on_a_tick_grid(past, window):
    past, window = [each / 100 for each in past], [each / 100 for each in window]
    assert stepped(past + window, 12, 0.01)[-1] == stepped(window, 12, 0.01)[-1]
