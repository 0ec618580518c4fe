"""Held against skfolio's WalkForward by row numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skfolio.model_selection import WalkForward

from enerqis.cv import walk_forward
from enerqis.cv.walk_forward import WalkForwardParams
from enerqis.interfaces.cv import PathPart, paths
from enerqis.interfaces.splitter import Splitter


@settings(max_examples=30, deadline=None)
@given(
    rows=st.integers(12, 80),
    train=st.integers(1, 8),
    test=st.integers(1, 4),
    purge=st.integers(0, 5),
    is_anchored=st.booleans(),
    is_last_kept=st.booleans(),
)
def test_it_gives_the_rows_of_skfolio(rows, train, test, purge, is_anchored, is_last_kept):
    if train + purge + test > rows:
        return
    x = np.zeros((rows, 1))
    params = WalkForwardParams(
        train_bars=train, test_bars=test, purge_bars=purge, is_anchored=is_anchored, is_last_kept=is_last_kept
    )
    theirs = WalkForward(
        test_size=test, train_size=train, purged_size=purge, expand_train=is_anchored, reduce_test=is_last_kept
    )
    ours = Splitter(walk_forward, params)
    pairs = zip(ours.split(x), theirs.split(x), strict=True)
    for (our_train, our_test), (their_train, their_test) in pairs:
        np.testing.assert_array_equal(our_train, their_train)
        np.testing.assert_array_equal(our_test, their_test)
    assert ours.get_n_splits(x) == theirs.get_n_splits(x)


def test_what_may_be_trained_on_is_a_matter_of_time_here():
    # minutes, then an hour without a bar before row 6: by duration the purge falls into the gap
    minutes = np.array([0, 1, 2, 3, 4, 5, 65, 66]).astype("datetime64[m]")
    params = WalkForwardParams(train_bars=3, test_bars=2, purge_hours=0.05)  # three minutes
    splits = list(Splitter(walk_forward, params).split(np.zeros((8, 1)), groups=minutes))
    assert [(train.tolist(), test.tolist()) for train, test in splits] == [([3, 4, 5], [6, 7])]


def test_its_tests_are_one_path():
    bound = Splitter(walk_forward, WalkForwardParams(train_bars=4, test_bars=3)).on(np.arange(10))
    assert paths(bound.intervals()) == ((PathPart(0, 0), PathPart(1, 0)),)


def test_how_many_splits_there_are_depends_on_the_rows():
    with pytest.raises(ValueError, match="the number of splits depends on the rows: pass X"):
        Splitter(walk_forward, WalkForwardParams()).get_n_splits()
