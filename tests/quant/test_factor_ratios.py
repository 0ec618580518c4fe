"""Splits and dividends read back from cumulative factors; rows worked by hand and out of Lean's own files."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enerqis.quant.factor_ratios import changes_between

SPLITS = (1.0, 2.0, 3.0, 1.5, 7.0, 0.1)


def changes(*rows: tuple[float, float, float]) -> tuple[list[float], list[float]]:
    price_factor, split_factor, reference = (np.array(each) for each in zip(*rows, strict=True))
    found = changes_between(price_factor, split_factor, reference)
    return found.split_factor.tolist(), found.dividend.tolist()


def test_a_dividend_is_the_reference_price_times_what_the_price_factor_lacks() -> None:
    assert changes((0.98, 1.0, 50.0), (1.0, 1.0, 0.0)) == ([1.0], [1.0])


def test_a_split_is_the_later_split_factor_over_the_earlier() -> None:
    assert changes((1.0, 0.25, 80.0), (1.0, 0.5, 40.0), (1.0, 1.0, 0.0)) == ([2.0, 2.0], [0.0, 0.0])


def test_a_dividend_of_a_splits_day_is_told_per_new_unit() -> None:
    """1.00 an old unit of 50.00, which becomes two new ones: 0.50 each."""
    assert changes((0.98, 0.5, 50.0), (1.0, 1.0, 0.0)) == ([2.0], [0.5])


def test_rounded_factors_give_back_round_ratios_and_cash() -> None:
    """Apple, 2005, 2012 and 2014: split factors to seven decimals, 2.65 and 3.29 paid."""
    rows = ((0.8613657, 0.0178571, 88.97), (0.8613657, 0.0357143, 619.86), (0.8650639, 0.0357143, 582.86))
    assert changes(*rows) == ([2.0, 1.0], [0.0, 2.65])
    rows = ((0.8961764, 0.0357143, 592.33), (0.9011818, 0.0357143, 645.57), (0.9011818, 0.25, 94.97))
    assert changes(*rows) == ([1.0, 7.0], [3.29, 0.0])


def test_equal_rows_tell_of_nothing() -> None:
    assert changes((0.9, 0.5, 1.0), (0.9, 0.5, 10.0)) == ([1.0], [0.0])


@given(
    st.lists(
        st.tuples(st.sampled_from(SPLITS), st.integers(0, 300), st.integers(2_000, 50_000)), min_size=1, max_size=20
    )
)
def test_what_lean_writes_is_read_back(events: list[tuple[float, int, int]]) -> None:
    """Lean's ``Apply``, from the newest event back: pf(i) = pf(i+1) (C - D) / C, sf(i) = sf(i+1) / split."""
    rows = [(1.0, 1.0, 0.0)]
    for split, cents, close_cents in reversed(events):
        price_factor, split_factor, _ = rows[-1]
        close = close_cents / 100
        rows.append((price_factor * (close - cents / 100) / close, split_factor / split, close))
    written = [(round(price, 7), split, close) for price, split, close in reversed(rows)]
    assume(written[0][0] > 0.3)  # seven decimals of a small factor are few digits
    assume(min(split for _, split, _ in written) > 1e-5)
    split_factors, dividends = changes(*written)
    assert split_factors == pytest.approx([split for split, _, _ in events], rel=1e-9)
    assert [cash * split for cash, split in zip(dividends, split_factors, strict=True)] == pytest.approx(
        [cents / 100 for _, cents, _ in events], abs=2e-3
    )
