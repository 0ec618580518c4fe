import numpy as np
import pytest

from enerqis.quant.timeline import Gap, timeline
from enerqis.quant.windows import equal_folds, walked

HOURS = np.arange(11, dtype=np.int64)


def windows(purge=0, **words):
    words = {"train_bars": 4, "test_bars": 2, "is_anchored": False, "is_last_kept": False} | words
    return list(walked(timeline(HOURS, purge=Gap(purge)), **words))


def test_the_first_folds_hold_what_does_not_divide():
    assert equal_folds(11, 3) == ((0, 4), (4, 8), (8, 11))
    assert equal_folds(4, 4) == ((0, 1), (1, 2), (2, 3), (3, 4))
    with pytest.raises(ValueError, match="5 folds need at least as many bars, there are 4"):
        equal_folds(4, 5)


def test_windows_roll_with_the_purge_between():
    assert windows(purge=1) == [(((0, 4),), (5, 7)), (((2, 6),), (7, 9)), (((4, 8),), (9, 11))]


def test_anchored_windows_grow():
    assert windows(is_anchored=True, test_bars=3) == [(((0, 4),), (4, 7)), (((0, 7),), (7, 10))]


def test_the_rest_is_tested_where_it_is_kept():
    assert windows(test_bars=3, is_last_kept=True)[-1] == (((6, 10),), (10, 11))


@pytest.mark.parametrize(
    "words", [{"train_bars": 11}, {"train_bars": 9, "purge": 1}, {"train_bars": 10, "test_bars": 2}]
)
def test_rows_too_few_for_one_pair_of_windows_are_refused(words):
    with pytest.raises(ValueError, match=r"11 bars hold no window of \d+ bars to train and 2 to test"):
        windows(**words)
