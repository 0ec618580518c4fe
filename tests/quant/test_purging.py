"""Expected ranges are worked out by hand: ten bars a minute apart, outcomes so many bars later."""

import numpy as np

from enerqis.quant.purging import first_test, trained_before, trained_beside
from enerqis.quant.timeline import Gap, timeline

MINUTES = np.arange(10, dtype=np.int64) * 60


def test_without_purge_all_but_the_test_is_trained_on():
    assert trained_beside(timeline(MINUTES), [(3, 5)]) == ((0, 3), (5, 10))


def test_rows_whose_outcome_meets_the_test_are_purged_before_and_after_it():
    # row 1 ends with row 3, the test's first; the test's last outcome ends with row 6
    assert trained_beside(timeline(MINUTES, purge=Gap(2)), [(3, 5)]) == ((0, 1), (7, 10))


def test_an_embargo_begins_behind_the_last_outcome():
    rows = timeline(MINUTES, purge=Gap(1), embargo=Gap(2))
    assert trained_beside(rows, [(3, 5)]) == ((0, 2), (8, 10))
    assert trained_beside(rows, [(8, 10)]) == ((0, 7),)


def test_an_embargo_counts_time_where_that_is_longer():
    # the last outcome is at minute 4, row 8 is the first more than three minutes later
    assert trained_beside(timeline(MINUTES, embargo=Gap(1, 180)), [(3, 5)]) == ((0, 3), (8, 10))
    assert trained_beside(timeline(MINUTES, embargo=Gap(4, 180)), [(3, 5)]) == ((0, 3), (9, 10))


def test_an_embargo_counts_the_bars_of_the_rows_own_symbol():
    # A at each minute, B at 0, 4, 7 and 9: two bars before B's row at 9 lies its row at 4, inside the test
    minutes = np.array([0, 0, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 9])
    symbols = np.array([0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1])
    rows = timeline(minutes, embargo=Gap(2), symbols=symbols)
    assert trained_beside(rows, [(3, 5)]) == ((0, 3), (8, 9))  # 5 and 6 by A, 7 and 9 by B


def test_tests_that_touch_are_one():
    assert trained_beside(timeline(MINUTES, purge=Gap(1)), [(2, 4), (4, 6)]) == ((0, 1), (7, 10))


def test_purging_is_by_time_not_by_count():
    # a gap of a day between rows 4 and 5: by duration nothing before it knows of what follows
    ts = np.concatenate([MINUTES[:5], MINUTES[5:] + 86_400])
    assert trained_beside(timeline(ts, purge=Gap(0, 120)), [(5, 7)]) == ((0, 5), (9, 10))
    assert trained_beside(timeline(ts, purge=Gap(2)), [(5, 7)]) == ((0, 3), (9, 10))


def test_only_the_rows_that_know_the_test_are_purged_where_outcomes_are_out_of_order():
    ends = MINUTES.copy()
    ends[1] = 400  # known in the seventh minute only
    rows = timeline(MINUTES, label_end=ends)
    assert trained_beside(rows, [(6, 8)]) == ((0, 1), (2, 6), (8, 10))
    assert trained_before(rows, 6, None) == ((0, 1), (2, 6))
    assert trained_before(rows, 6, 5) == ((2, 6),)
    assert first_test(rows, 6) == 7  # rows 0 and 2 to 6 are known before row 7


def test_a_window_ends_with_the_last_row_whose_outcome_is_known():
    rows = timeline(MINUTES, purge=Gap(2))
    assert first_test(rows, 4) == 6
    assert trained_before(rows, 6, 4) == ((0, 4),)
    assert trained_before(rows, 8, 4) == ((2, 6),)
    assert trained_before(rows, 8, None) == ((0, 6),)
    assert trained_before(rows, 1, 4) == ()
