import numpy as np
import pytest

from enerqis.cv import holdout
from enerqis.cv.holdout import HoldoutParams
from enerqis.interfaces.cv import Reach, Split
from enerqis.interfaces.splitter import Splitter

DAYS = np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]")


def test_the_end_is_tested_and_what_knows_of_it_left_out():
    splitter = Splitter(holdout, HoldoutParams(test_fraction=0.25), Reach(horizon_bars=2)).on(DAYS)
    assert list(splitter.intervals()) == [Split(((0, 5),), ((7, 10),))]  # 2.5 of ten bars are three
    assert splitter.get_n_splits() == 1


def test_a_period_that_purging_uses_up_is_refused():
    splitter = Splitter(holdout, HoldoutParams(purge_hours=240.0)).on(DAYS)
    with pytest.raises(ValueError, match="split 0 has nothing to train on: purge and embargo take it all"):
        list(splitter.intervals())
