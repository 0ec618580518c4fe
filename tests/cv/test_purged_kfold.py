"""Held against scikit-learn's KFold where nothing is purged."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_score

from enerqis.cv import purged_kfold
from enerqis.cv.purged_kfold import PurgedKfoldParams
from enerqis.interfaces.cv import Split
from enerqis.interfaces.splitter import Splitter


@pytest.mark.parametrize(("rows", "folds"), [(10, 2), (23, 5), (101, 7), (6, 6)])
def test_without_purge_it_is_kfold(rows, folds):
    ours = Splitter(purged_kfold, PurgedKfoldParams(n_folds=folds)).split(np.zeros((rows, 1)))
    theirs = KFold(folds).split(np.zeros((rows, 1)))
    for (train, test), (their_train, their_test) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(train, their_train)
        np.testing.assert_array_equal(test, their_test)


def test_purge_and_embargo_by_hand():
    params = PurgedKfoldParams(n_folds=3, purge_bars=1, embargo_bars=2)
    assert list(Splitter(purged_kfold, params).on(np.arange(12)).intervals()) == [
        Split(((7, 12),), ((0, 4),)),
        Split(((0, 3), (11, 12)), ((4, 8),)),
        Split(((0, 7),), ((8, 12),)),
    ]


def test_scikit_learn_takes_it():
    x = np.random.default_rng(0).normal(size=(60, 2))
    y = x @ [1.0, -2.0]
    scores = cross_val_score(LinearRegression(), x, y, cv=Splitter(purged_kfold, PurgedKfoldParams(purge_bars=3)))
    np.testing.assert_allclose(scores, np.ones(5))
