import numpy as np

from enerqis.indicators.value import value


def test_it_is_the_source_unchanged(series):
    column = np.array([np.nan, 1.5, -0.0])
    np.testing.assert_array_equal(series(value("energy.kinetic"), {"energy.kinetic": column}), column)
