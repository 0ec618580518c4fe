import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from enerqis.quant.downsampling import extreme_rows

values = st.floats(-1e6, 1e6) | st.just(np.nan)


def test_few_rows_are_all_kept():
    assert extreme_rows([np.array([3.0, 1.0, 2.0])], points=3).tolist() == [0, 1, 2]


def test_the_extremes_of_each_stretch_are_kept():
    wave = np.array([0.0, 5.0, 1.0, 1.0, -4.0, 0.0, 9.0, 1.0, 1.0, 1.0, 2.0, 1.0])
    assert extreme_rows([wave], points=6).tolist() == [0, 1, 4, 6, 7, 11]


@given(arrays(np.float64, st.integers(1, 300), elements=values), st.integers(4, 60))
def test_no_more_than_asked_and_never_the_ends_lost(column, points):
    kept = extreme_rows([column], points=points)
    assert len(kept) <= points
    assert (kept[0], kept[-1]) == (0, len(column) - 1)
    assert np.array_equal(kept, np.unique(kept))


@given(arrays(np.float64, 257, elements=st.floats(-1e6, 1e6)), arrays(np.float64, 257, elements=st.floats(-1e6, 1e6)))
def test_highest_and_lowest_of_every_column_are_kept(first, second):
    kept = extreme_rows([first, second], points=40)
    for column in (first, second):
        assert column[kept].max() == column.max()
        assert column[kept].min() == column.min()
