"""Where folds and windows begin and end, in instants: equal folds, and windows that walk forward."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from enerqis.quant.intervals import Interval
from enerqis.quant.purging import first_test, trained_before
from enerqis.quant.timeline import Timeline


def equal_folds(count: int, n_folds: int) -> tuple[Interval, ...]:
    """Return `count` instants in `n_folds` folds one after the other; the first ``count % n_folds`` hold one more.

    Raises
    ------
    ValueError
        If there are fewer instants than folds.
    """
    if count < n_folds:
        raise ValueError(f"{n_folds} folds need at least as many bars, there are {count}. Lower n_folds.")
    size, more = divmod(count, n_folds)
    edges = [fold * size + min(fold, more) for fold in range(n_folds + 1)]
    return tuple(itertools.pairwise(edges))


def walked(
    timeline: Timeline, *, train_bars: int, test_bars: int, is_anchored: bool, is_last_kept: bool
) -> Iterator[tuple[tuple[Interval, ...], Interval]]:
    """Yield what to train on and the window to test, in instants, as they walk forward; tests follow each other without a gap.

    Parameters
    ----------
    timeline : Timeline
    train_bars, test_bars : int
        Instants. The gap between train and test is not part of `train_bars`.
    is_anchored : bool
        Every train window begins at the first instant; else it keeps its length.
    is_last_kept : bool
        Whether a last test of fewer than `test_bars` instants is given too.

    Raises
    ------
    ValueError
        If there is not one whole pair of windows.
    """
    first = first_test(timeline, train_bars) if train_bars <= timeline.instants else timeline.instants
    if first >= timeline.instants or (first + test_bars > timeline.instants and not is_last_kept):
        raise ValueError(
            f"{timeline.instants} bars hold no window of {train_bars} bars to train and {test_bars} to test, with the purge "
            "between them. Lower them, or widen the period."
        )
    while first < timeline.instants and (is_last_kept or first + test_bars <= timeline.instants):
        last = min(first + test_bars, timeline.instants)
        yield trained_before(timeline, first, None if is_anchored else train_bars), (first, last)
        first = last
