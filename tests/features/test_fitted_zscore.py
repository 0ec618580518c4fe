from enerqis.features.fitted_zscore import FittedZscoreParams, columns
from enerqis.indicators.zscore import zscore
from enerqis.interfaces.feature import fit_bars, horizon_bars


def test_it_scores_by_the_window_that_it_declares_as_fitted():
    params = FittedZscoreParams(source="volume", fit_bars=9)
    assert columns(params) == {"value": zscore("volume", 9)}
    assert (horizon_bars(params), fit_bars(params)) == (0, 9)
