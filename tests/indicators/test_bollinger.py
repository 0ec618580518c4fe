import numpy as np
import pytest
import talib

from enerqis.indicators.bollinger import bollinger


@pytest.mark.parametrize(("lookback_bars", "width_deviations"), [(20, 2.0), (50, 2.5), (5, 1.0)])
@pytest.mark.parametrize("tick_size", [0.0, 0.01])
def test_it_agrees_with_talib(bars, series, lookback_bars, width_deviations, tick_size):
    close = np.round(bars["close"], 2)
    ours = series(bollinger("close", lookback_bars, width_deviations), {"close": close}, tick_size)
    upper, middle, lower = talib.BBANDS(close, lookback_bars, width_deviations, width_deviations)
    np.testing.assert_allclose(ours, np.column_stack([middle, upper, lower]), rtol=1e-9)


def test_the_bands_of_a_price_that_stands_still_meet(series):
    assert series(bollinger("close", 3), {"close": np.full(4, 1.1)})[-1].tolist() == [1.1, 1.1, 1.1]
