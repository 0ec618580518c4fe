import numpy as np
import pytest

from enerqis.quant.drawdown import drawdowns, longest_drawdown


def test_a_drawdown_is_the_fraction_below_the_peak_so_far():
    found = drawdowns(np.array([110.0, 99.0, 121.0, 60.5]), initial=100.0)
    assert found == pytest.approx([0.0, 0.1, 0.0, 0.5])


def test_the_money_before_the_first_row_is_a_peak():
    assert drawdowns(np.array([80.0]), initial=100.0) == pytest.approx([0.2])


@pytest.mark.parametrize(
    ("fractions", "expected"),
    [([], 0), ([0.0, 0.0], 0), ([0.1, 0.0, 0.1, 0.2, 0.0], 2), ([0.0, 0.1, 0.1, 0.1], 3), ([0.5], 1)],
)
def test_the_longest_drawdown_may_still_be_open(fractions, expected):
    assert longest_drawdown(np.array(fractions)) == expected
