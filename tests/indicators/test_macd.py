import numpy as np
import pytest
import talib

from enerqis.indicators.macd import MacdParams, macd, warmup_bars


@pytest.mark.parametrize("periods", [(12, 26, 9), (3, 10, 16), (5, 6, 2)])
def test_it_agrees_with_talib(bars, series, periods):
    expected = np.column_stack(talib.MACD(bars["close"], *periods))
    np.testing.assert_allclose(series(macd("close", *periods), bars), expected, rtol=1e-9, atol=1e-10)


def test_all_three_series_begin_together(bars, series):
    missing = np.isnan(series(macd("close"), bars))
    assert missing[: warmup_bars(MacdParams(12.0, 26.0, 9.0, 0.0)) - 1].all()
    assert not missing[warmup_bars(MacdParams(12.0, 26.0, 9.0, 0.0)) - 1 :].any()


def test_a_fast_average_that_is_not_faster_is_refused():
    with pytest.raises(ValueError, match=r"fast_bars \(26\) must be less than slow_bars \(26\)"):
        macd("close", 26, 26, 9)
