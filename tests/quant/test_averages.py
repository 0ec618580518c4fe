import math

import numpy as np
import pytest

from enerqis.quant.averages import ema_weight, smooth


def test_an_average_begins_as_the_mean_and_moves_by_its_weight():
    average = np.zeros(2)
    found = [smooth(average, value, 2.0, 0.25) for value in (1.0, 3.0, 6.0, 2.0)]
    assert math.isnan(found[0])
    assert found[1:] == [2.0, 3.0, 2.75]


@pytest.mark.parametrize(("lookback_bars", "weight"), [(1.0, 1.0), (3.0, 0.5), (19.0, 0.1)])
def test_the_weight_is_two_over_the_lookback_and_one(lookback_bars, weight):
    assert ema_weight(lookback_bars) == weight
