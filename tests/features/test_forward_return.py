from enerqis.features.forward_return import ForwardReturnParams, columns
from enerqis.indicators.roc import roc
from enerqis.interfaces.feature import fit_bars, horizon_bars


def test_it_is_the_return_over_the_horizon_and_says_so():
    params = ForwardReturnParams(horizon_bars=3)
    assert columns(params) == {"value": roc("close", 3)}
    assert (horizon_bars(params), fit_bars(params)) == (3, 0)
