import numpy as np
import pytest

from enerqis.indicators.displacement import displacement
from tests.indicators import formulas


@pytest.mark.parametrize("lookback_bars", [5, 50])
def test_it_agrees_with_the_formula(bars, series, lookback_bars):
    expected = formulas.displacement(bars["close"], lookback_bars)
    np.testing.assert_allclose(series(displacement(lookback_bars), bars), expected, rtol=1e-8, atol=1e-9)


def test_a_random_walk_has_a_mean_square_of_one(series):
    steps = np.random.default_rng(11).normal(0.0, 0.01, 40_000)
    values = series(displacement(100), {"close": np.exp(np.cumsum(steps))})
    assert np.nanmean(values**2) == pytest.approx(1.0, rel=0.1)


def test_one_price_is_no_equilibrium():
    with pytest.raises(ValueError, match="displacement: lookback_bars must be at least 2, got 1"):
        displacement(1)
