"""Held against skfolio's CombinatorialPurgedCV by row numbers, and where the two differ, against what docs/cv.md says."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from skfolio.model_selection import CombinatorialPurgedCV

from enerqis.cv import combinatorial_purged
from enerqis.cv.combinatorial_purged import CombinatorialPurgedParams, n_paths
from enerqis.interfaces.cv import paths
from enerqis.interfaces.splitter import Splitter


def splitter(**words):
    return Splitter(combinatorial_purged, CombinatorialPurgedParams(**words))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_equal_folds_give_the_rows_and_paths_of_skfolio(data):
    folds = data.draw(st.integers(3, 7), "folds")
    tests = data.draw(st.integers(2, folds - 1), "tests")
    size = data.draw(st.integers(4, 20), "size")
    purge = data.draw(st.integers(0, size - 3), "purge")
    embargo = data.draw(st.integers(0, size - 3 - purge), "embargo")
    rows = np.zeros((folds * size, 1))
    theirs = CombinatorialPurgedCV(folds, tests, purged_size=purge, embargo_size=embargo)
    ours = splitter(n_folds=folds, n_test_folds=tests, purge_bars=purge, embargo_bars=embargo)
    bound = ours.on(np.arange(folds * size))
    if any(not train.size for train, _ in theirs.split(rows)):  # theirs goes on with nothing to train on
        with pytest.raises(ValueError, match="nothing to train on"):
            list(bound.intervals())
        return
    for (train, test), (their_train, their_tests) in zip(ours.split(rows), theirs.split(rows), strict=True):
        np.testing.assert_array_equal(train, their_train)
        np.testing.assert_array_equal(test, np.concatenate(their_tests))
    assert ours.get_n_splits() == theirs.get_n_splits()
    path_ids = theirs.get_path_ids()
    for number, path in enumerate(paths(bound.intervals())):
        assert [path_ids[part.split, part.test] for part in path] == [number] * folds
    assert theirs.n_test_paths == number + 1 == n_paths(ours.params)


def test_rows_that_do_not_divide_go_to_the_first_folds_here_and_to_the_last_there():
    rows = np.zeros((11, 1))
    ours = [test.tolist() for _, test in splitter(n_folds=3, n_test_folds=1).split(rows)]
    assert ours == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
    _, (first, last) = list(CombinatorialPurgedCV(3, 2).split(rows))[1]
    assert (first.tolist(), last.tolist()) == ([0, 1, 2], [6, 7, 8, 9, 10])


def test_one_test_fold_and_gaps_as_long_as_a_fold_are_right_here_and_refused_there():
    assert splitter(n_folds=3, n_test_folds=1).get_n_splits() == 3
    with pytest.raises(ValueError, match="`n_test_folds` must at least 2"):
        CombinatorialPurgedCV(3, 1)
    wide = splitter(n_folds=4, n_test_folds=2, purge_bars=2, embargo_bars=1).on(np.arange(20))
    assert next(split.train for split in wide.intervals()) == ((13, 20),)
    with pytest.raises(ValueError, match="must be smaller than the size of a train fold"):
        list(CombinatorialPurgedCV(4, 2, purged_size=2, embargo_size=2).split(np.zeros((20, 1))))


def test_a_gap_in_time_purges_fewer_rows_here_and_as_many_there():
    # eight days, a month without a bar, eight days; two hours of outcome reach over nothing
    days = np.concatenate([np.arange(8), 40 + np.arange(8)]).astype("datetime64[D]")
    (train, _), *_ = splitter(n_folds=4, n_test_folds=2, purge_hours=36.0).split(np.zeros((16, 1)), groups=days)
    assert train.tolist() == [8, 9, 10, 11, 12, 13, 14, 15]
    (their_train, _), *_ = CombinatorialPurgedCV(4, 2, purged_size=1).split(np.zeros((16, 1)))
    assert their_train.tolist() == [9, 10, 11, 12, 13, 14, 15]


def test_every_fold_is_tested_as_often_as_there_are_paths():
    ours = splitter(n_folds=6, n_test_folds=2)
    tested = np.zeros(60, dtype=int)
    for _, test in ours.split(np.zeros((60, 1))):
        tested[test] += 1
    assert set(tested) == {math.comb(5, 1)} == {n_paths(ours.params)}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"n_folds": 4, "n_test_folds": 4}, r"n_test_folds \(4\) must be less than n_folds \(4\)"),
        ({"n_folds": 40, "n_test_folds": 20}, r"C\(40, 20\) splits are more than 100000"),
    ],
)
def test_settings_that_no_one_can_run_are_refused(words, message):
    with pytest.raises(ValidationError, match=message):
        CombinatorialPurgedParams(**words)
