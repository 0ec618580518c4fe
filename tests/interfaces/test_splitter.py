"""The laws of splitting, on rows of several symbols at odd instants, row by row and not by ranges."""

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from enerqis.cv import combinatorial_purged, holdout, nested_walk_forward, purged_kfold, walk_forward
from enerqis.interfaces.cv import Reach
from enerqis.interfaces.splitter import Splitter

HOUR = 3_600_000_000_000
SCHEMES = {
    "holdout": (holdout, holdout.HoldoutParams(test_fraction=0.4)),
    "purged_kfold": (purged_kfold, purged_kfold.PurgedKfoldParams(n_folds=4)),
    "combinatorial_purged": (
        combinatorial_purged,
        combinatorial_purged.CombinatorialPurgedParams(n_folds=5, n_test_folds=2),
    ),
    "rolling": (walk_forward, walk_forward.WalkForwardParams(train_bars=6, test_bars=3)),
    "anchored": (
        walk_forward,
        walk_forward.WalkForwardParams(train_bars=6, test_bars=3, is_anchored=True, is_last_kept=True),
    ),
    "nested": (
        nested_walk_forward,
        nested_walk_forward.NestedWalkForwardParams(train_bars=9, test_bars=3, inner_train_bars=3, inner_test_bars=2),
    ),
}
ROWS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 2)), min_size=45, max_size=90, unique=True)
REACH = st.builds(Reach, st.integers(0, 3), st.integers(0, 3))


def outcomes(ts, symbols, bars, hours):
    """When each row's outcome is known: so many rows of its symbol later, or so many hours."""
    ends = []
    for row in range(ts.size):
        later = [ts[other] for other in range(row, ts.size) if symbols[other] == symbols[row]]
        ends.append(max(later[min(bars, len(later) - 1)], ts[row] + round(hours * HOUR)))
    return np.array(ends)


def looks_back(ts, symbols, bars):
    """Since when each row looks back: so many rows of its symbol earlier."""
    begins = []
    for row in range(ts.size):
        earlier = [ts[other] for other in range(row, -1, -1) if symbols[other] == symbols[row]]
        begins.append(earlier[min(bars, len(earlier) - 1)])
    return np.array(begins)


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(sorted(SCHEMES)), rows=ROWS, reach=REACH, hours=st.sampled_from([0.0, 7.5]))
def test_train_and_test_share_nothing_and_no_outcome_is_known_to_both(name, rows, reach, hours):
    ts, symbols = (np.array(column, dtype=np.int64) for column in zip(*sorted(rows), strict=True))
    ts *= HOUR
    ends = outcomes(ts, symbols, reach.horizon_bars, hours)
    looks = looks_back(ts, symbols, reach.fit_bars)
    module, params = SCHEMES[name]
    params = params.model_copy(update={"purge_hours": hours})
    bound = Splitter(module, params, reach).on(ts, symbols=symbols)
    tested = np.zeros(ts.size, dtype=int)
    try:
        splits = list(bound.intervals())
    except ValueError as exc:  # too few rows for the purge: said, not done
        if "nothing to train on" not in str(exc) and "hold no window" not in str(exc):
            raise
        event("refused")
        return
    for split, (train, test) in zip(splits, bound.split(ts[:, None]), strict=True):
        assert np.intersect1d(train, test).size == 0
        assert np.intersect1d(ts[train], ts[test]).size == 0
        tested[test] += 1
        for first, last in split.tests:
            begins, knows = ts[first], ends[first:last].max()
            assert not ((ts[train] <= knows) & (ends[train] >= begins)).any()
            if hasattr(params, "embargo_bars"):
                assert not ((ts[train] > knows) & (looks[train] <= knows)).any()
    times = {"combinatorial_purged": {4}, "purged_kfold": {1}}.get(name, {0, 1})
    assert set(tested) <= times
    assert [each.tolist() for each, _ in bound.split(ts)] == [each.tolist() for each, _ in bound.split(ts)]


def test_one_row_an_instant_may_be_split_by_the_instants_alone():
    splitter = Splitter(purged_kfold, purged_kfold.PurgedKfoldParams(n_folds=2), Reach(1))
    days = np.array(["2024-01-01", "2024-01-02", "2024-01-09", "2024-01-10"], dtype="datetime64[D]")
    splits = [(train.tolist(), test.tolist()) for train, test in splitter.split(np.zeros(4), groups=days)]
    assert splits == [([3], [0, 1]), ([0], [2, 3])]


def test_label_ends_of_their_own_are_what_purging_goes_by():
    splitter = Splitter(purged_kfold, purged_kfold.PurgedKfoldParams(n_folds=2), Reach(2))
    bound = splitter.on([0, 1, 2, 3, 4, 5], label_end=[0, 1, 4, 3, 4, 5])
    assert [train.tolist() for train, _ in bound.split(np.zeros(6))] == [[5], [0, 1]]


def test_instants_shared_by_rows_need_their_symbols():
    splitter = Splitter(purged_kfold, purged_kfold.PurgedKfoldParams())
    with pytest.raises(ValueError, match="rows 1 and 2 share an instant: name each row's symbol"):
        list(splitter.split(np.zeros(3), groups=[1, 2, 2]))


def test_rows_other_than_those_it_is_bound_to_are_refused():
    bound = Splitter(purged_kfold, purged_kfold.PurgedKfoldParams(n_folds=2)).on(np.arange(6))
    with pytest.raises(ValueError, match="X has 5 rows, the splitter is bound to 6"):
        list(bound.split(np.zeros(5)))
    with pytest.raises(ValueError, match="bind the splitter to rows first"):
        list(Splitter(purged_kfold, purged_kfold.PurgedKfoldParams()).intervals())
