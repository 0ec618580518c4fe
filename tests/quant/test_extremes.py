import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerqis.quant.extremes import highest, no_tails

numbers = st.floats(min_value=-1e6, max_value=1e6)


def stepped(values, lookback_bars):
    block, tails, head = np.zeros(lookback_bars), no_tails(lookback_bars), np.zeros(2)
    return [highest(block, tails, head, value) for value in values]


@given(st.lists(numbers, min_size=1, max_size=120), st.integers(min_value=1, max_value=40))
def test_it_is_the_highest_of_the_last_values(values, lookback_bars):
    expected = [max(values[max(0, place + 1 - lookback_bars) : place + 1]) for place in range(len(values))]
    assert stepped(values, lookback_bars) == expected


@given(st.lists(numbers, min_size=1, max_size=120), st.integers(min_value=1, max_value=40))
def test_upside_down_it_is_the_lowest(values, lookback_bars):
    expected = [min(values[max(0, place + 1 - lookback_bars) : place + 1]) for place in range(len(values))]
    assert [-each for each in stepped([-value for value in values], lookback_bars)] == expected
