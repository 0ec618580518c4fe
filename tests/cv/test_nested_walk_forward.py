"""Ranges worked out by hand."""

import numpy as np
import pytest
from pydantic import ValidationError

from enerqis.cv import nested_walk_forward
from enerqis.cv.nested_walk_forward import NestedWalkForwardParams
from enerqis.interfaces.cv import Split
from enerqis.interfaces.splitter import Splitter

BARS = {"train_bars": 8, "test_bars": 3, "inner_train_bars": 3, "inner_test_bars": 2}


def splits(rows, **words):
    splitter = Splitter(nested_walk_forward, NestedWalkForwardParams(**BARS, **words))
    return list(splitter.on(np.arange(rows)).intervals())


def test_the_search_walks_inside_each_train_window():
    first, second = splits(15, purge_bars=1)
    assert first == Split(
        train=((0, 8),),
        tests=((9, 12),),
        inner=(Split(((0, 3),), ((4, 6),)), Split(((2, 5),), ((6, 8),))),
    )
    assert second.train == ((3, 11),)
    assert [each.tests for each in second.inner] == [((7, 9),), ((9, 11),)]


def test_anchored_windows_grow_inside_too():
    *_, last = splits(14, is_anchored=True)
    assert (last.train, last.tests) == (((0, 11),), ((11, 14),))
    assert [each.train for each in last.inner] == [((0, 3),), ((0, 5),), ((0, 7),), ((0, 9),)]


def test_windows_that_do_not_fit_inside_are_refused():
    with pytest.raises(ValidationError, match=r"inner_train_bars \+ inner_test_bars \(9\) must not be more than"):
        NestedWalkForwardParams(train_bars=8, test_bars=3, inner_train_bars=7, inner_test_bars=2)
    with pytest.raises(ValueError, match="8 bars hold no window of 3 bars to train and 2 to test"):
        splits(20, purge_bars=4)
