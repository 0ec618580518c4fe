from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerqis.quant.sums import add, divided, is_full, off_grid, on_grid, settled, slide, slide_ticks, slide_total

prices = st.floats(min_value=1e-4, max_value=1e6, allow_subnormal=False)


def exact_total(values):
    return sum((Fraction(value) for value in values), Fraction(0))


@given(st.lists(prices, min_size=1, max_size=200))
def test_a_sum_of_prices_is_the_exact_sum_rounded_once(values):
    total = np.zeros(2)
    for value in values:
        add(total, value)
    exact = settled(total)
    assert exact.high == float(exact_total(values))
    assert Fraction(exact.high) + Fraction(exact.low) == exact_total(values)


@given(st.lists(prices, min_size=1, max_size=100), st.lists(prices, min_size=1, max_size=20))
def test_values_that_came_and_went_leave_no_trace(passing, staying):
    total = np.zeros(2)
    for value in passing:
        add(total, value)
    for value in staying:
        add(total, value)
    for value in passing:
        add(total, -value)
    fresh = np.zeros(2)
    for value in staying:
        add(fresh, value)
    assert settled(total) == settled(fresh)


@given(prices, st.integers(min_value=1, max_value=300))
def test_the_mean_of_equal_values_is_that_value(value, count):
    total = np.zeros(2)
    for _ in range(count):
        add(total, value)
    assert divided(total, count) == value


@given(st.lists(prices, min_size=1, max_size=100))
def test_a_mean_is_the_exact_mean_rounded_once(values):
    total = np.zeros(2)
    for value in values:
        add(total, value)
    assert divided(total, len(values)) == float(exact_total(values) / len(values))


@pytest.mark.parametrize(
    ("price", "tick_size", "ticks"),
    [(27.39, 0.01, 2739.0), (1.29, 0.01, 129.0), (0.005, 0.01, 1.0), (-0.005, 0.01, 0.0), (1.23456, 1e-05, 123456.0)],
)
def test_a_price_becomes_whole_ticks_with_halves_upwards(price, tick_size, ticks):
    assert on_grid(price, tick_size) == ticks


def test_without_a_grid_a_value_stays_as_it_is():
    assert on_grid(0.1234, 0.0) == 0.1234
    assert off_grid(0.1234, 0.0) == 0.1234


def test_a_ring_gives_back_what_it_displaces():
    window, cursor = np.zeros(3), np.zeros(2)
    assert [slide(window, cursor, value) for value in (1.0, 2.0, 3.0, 4.0, 5.0)] == [0.0, 0.0, 0.0, 1.0, 2.0]
    assert is_full(window, cursor)


def test_a_ring_is_full_only_after_its_last_place_was_filled():
    window, cursor = np.zeros(2), np.zeros(2)
    slide(window, cursor, 1.0)
    assert not is_full(window, cursor)
    slide(window, cursor, 1.0)
    assert is_full(window, cursor)


@given(st.lists(prices, min_size=1, max_size=120), st.integers(min_value=1, max_value=30))
def test_the_sum_of_a_ring_is_the_exact_sum_of_its_last_values(values, lookback_bars):
    window, cursor, total = np.zeros(lookback_bars), np.zeros(2), np.zeros(2)
    for value in values:
        slide_total(window, cursor, total, value)
    assert settled(total).high == float(exact_total(values[-lookback_bars:]))


@given(
    st.lists(st.integers(min_value=-(2**60), max_value=2**60).map(float), min_size=1, max_size=60),
    st.lists(st.integers(min_value=-3000, max_value=3000).map(float), max_size=60),
    st.integers(min_value=1, max_value=20),
)
def test_the_short_way_of_ticks_gives_the_same_bits_as_the_long_one(large, small, lookback_bars):
    rings = [(np.zeros(lookback_bars), np.zeros(2), np.zeros(2)) for _ in range(2)]
    for value in (*small, *large, *small):
        slide_total(*rings[0], value)
        slide_ticks(*rings[1], value, 0.01)
        assert [each.tobytes() for each in rings[0]] == [each.tobytes() for each in rings[1]]
