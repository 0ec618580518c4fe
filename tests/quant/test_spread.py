from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerqis.quant.spread import no_values, product_error, take_value, variance

prices = st.floats(min_value=1e-3, max_value=1e5)


def stepped(values, lookback_bars):
    state = no_values(lookback_bars)
    for value in values:
        take_value(state, value)
    return variance(state.total, state.squares, state.errors, lookback_bars)


def exact(window):
    fractions = [Fraction(value) for value in window]
    mean = sum(fractions) / len(fractions)
    return sum((value - mean) ** 2 for value in fractions) / len(fractions)


@given(prices, prices)
def test_a_product_and_its_error_are_the_exact_product(first, second):
    assert Fraction(first * second) + Fraction(product_error(first, second)) == Fraction(first) * Fraction(second)


@given(st.lists(prices, min_size=8, max_size=80))
def test_the_variance_of_a_window_is_the_exact_one_to_the_last_digits(values):
    assert stepped(values, 8) == pytest.approx(float(exact(values[-8:])), rel=1e-13, abs=1e-18)


def test_two_neighbours_far_from_zero_keep_their_spread():
    assert stepped([1e9, 1e9 + 1e-3] * 4, 8) == pytest.approx(float(exact([1e9, 1e9 + 1e-3])), rel=1e-13)
