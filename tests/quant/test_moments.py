import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerqis.quant.moments import deviation, mean, quotient


@given(st.lists(st.floats(-1e3, 1e3).map(lambda value: round(value, 6)), min_size=2, max_size=50))
def test_mean_and_deviation_agree_with_the_standard_library(values):
    array = np.array(values)
    assert mean(array) == pytest.approx(statistics.fmean(values), abs=1e-9)
    assert deviation(array) == pytest.approx(statistics.stdev(values), abs=1e-9)


def test_constant_values_do_not_deviate_by_rounding():
    assert deviation(np.array([0.1] * 7)) == 0.0


def test_nothing_has_no_mean_and_one_value_no_deviation():
    assert math.isnan(mean(np.array([])))
    assert math.isnan(deviation(np.array([1.0])))


@pytest.mark.parametrize("denominator", [0.0, -0.0, math.nan])
def test_a_quotient_by_nothing_is_not_a_number(denominator):
    assert math.isnan(quotient(1.0, denominator))
