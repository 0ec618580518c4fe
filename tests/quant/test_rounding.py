import math

import numpy as np
import pytest

from enerqis.quant.rounding import significant, written


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, 0.3),
        (123456789.0123456, 123456789.012),
        (-1.0 / 3.0, -0.333333333333),
        (1e-300 / 3.0, 3.33333333333e-301),
        (0.0, 0.0),
    ],
)
def test_twelve_significant_digits_are_kept(value, expected):
    assert significant(value) == expected


def test_negative_zero_loses_its_sign():
    assert math.copysign(1.0, significant(-0.0)) == 1.0


def test_what_is_not_a_number_stays_so():
    assert math.isnan(significant(math.nan))
    assert significant(-math.inf) == -math.inf


def test_a_written_tree_has_twelve_digits_and_no_number_that_json_lacks():
    tree = {"a": [0.1 + 0.2, float("nan")], 1: (float("inf"), True, 7, "x", None), "np": np.float64(1 / 3)}
    assert written(tree) == {"a": [0.3, None], "1": [None, True, 7, "x", None], "np": 0.333333333333}
