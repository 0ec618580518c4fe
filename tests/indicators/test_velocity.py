import numpy as np
import pytest

from enerqis.indicators.velocity import velocity
from tests.indicators import formulas


@pytest.mark.parametrize("lookback_bars", [5, 20])
def test_it_agrees_with_the_formula(bars, series, lookback_bars):
    expected = formulas.velocity(bars["close"], lookback_bars)
    np.testing.assert_allclose(series(velocity(lookback_bars), bars), expected, rtol=1e-8, atol=1e-9)


def test_a_move_as_large_as_usual_has_speed_one(series):
    closes = 100.0 * np.exp(0.01 * np.array([0.0, 1.0, 0.0, 1.0, 0.0]))
    assert series(velocity(2), {"close": closes})[3:] == pytest.approx([1.0, -1.0])


def test_a_market_that_stands_still_has_no_speed_and_a_jump_out_of_it_none_that_can_be_said(series):
    values = series(velocity(2), {"close": np.array([5.0, 5.0, 5.0, 5.0, 6.0])})
    np.testing.assert_array_equal(values, [np.nan, np.nan, np.nan, 0.0, np.nan])


def test_a_price_that_is_not_positive_counts_as_not_seen(series):
    closes = np.array([100.0, 101.0, 100.0, -37.63, 101.0])
    without = np.delete(closes, 3)
    values = series(velocity(2), {"close": closes})
    assert np.isnan(values[3])
    assert values[4] == series(velocity(2), {"close": without})[3]
