import numpy as np
import pytest

from enerqis.quant.intervals import length, merged, outside, row_numbers, rows_in, spread


def test_intervals_that_touch_or_overlap_become_one():
    assert merged([(6, 9), (0, 2), (2, 4), (3, 5), (7, 7)]) == ((0, 5), (6, 9))


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], ((0, 10),)),
        ([(0, 3), (5, 6)], ((3, 5), (6, 10))),
        ([(-2, 1), (9, 12)], ((1, 9),)),
        ([(0, 10)], ()),
    ],
)
def test_what_is_left_outside_intervals(taken, left):
    assert outside((0, 10), taken) == left
    assert length(left) == 10 - sum(1 for row in range(10) if any(first <= row < last for first, last in taken))


def test_an_interval_of_kept_rows_is_found_among_all_rows():
    kept = ((2, 5), (8, 10))  # rows 2 3 4 8 9
    assert spread((1, 4), kept) == ((3, 5), (8, 9))
    assert spread((3, 5), kept) == ((8, 10),)
    assert spread((0, 2), kept) == ((2, 4),)


def test_row_numbers_are_small_and_one_interval_is_not_copied():
    numbers = row_numbers(6)
    assert numbers.dtype == np.int32
    assert rows_in(((1, 4),), numbers).base is numbers
    assert rows_in(((0, 2), (4, 6)), numbers).tolist() == [0, 1, 4, 5]
    assert rows_in((), numbers).tolist() == []
