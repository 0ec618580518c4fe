"""Purging and embargo by time: which instants may be trained on beside given tests.

An instant is purged where the closed span from its decision to its last outcome meets the closed span of a test, from its
first decision to its last outcome. Sharing one instant counts as meeting: the price there is part of both. Behind that an
embargo holds back what looks back as far as the test's last outcome.

References
----------
Lopez de Prado (2018), Advances in Financial Machine Learning, chapter 7 (there spans that only touch do not count).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from enerqis.quant.intervals import Interval, merged, outside
from enerqis.quant.timeline import Timeline


def trained_beside(timeline: Timeline, tests: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the instants outside `tests` that no test's span meets and no embargo holds back, ascending.

    Parameters
    ----------
    timeline : Timeline
    tests : iterable of Interval
        Instants; tests that touch count as one.
    """
    kept_out: list[Interval] = []
    for test in merged(tests):
        kept_out += [*_purged_before(timeline, test), test, *_held_back_after(timeline, test)]
    return outside((0, timeline.instants), kept_out)


def trained_before(timeline: Timeline, test_first: int, bars: int | None) -> tuple[Interval, ...]:
    """Return the instants before `test_first` whose outcome is known before it: of the last `bars` of them, or of all.

    Parameters
    ----------
    timeline : Timeline
    test_first : int
    bars : int or None
        Length of the window, counted back from the last instant that may be trained on; None = from the first instant on.
    """
    known = outside((0, test_first), _purged_before(timeline, (test_first, test_first + 1)))
    if not known or bars is None:
        return known
    first = max(0, known[-1][1] - bars)
    return tuple((max(first, start), stop) for start, stop in known if stop > first)


def first_test(timeline: Timeline, trained: int) -> int:
    """Return the first instant before which the outcomes of `trained` instants are known."""
    ends = timeline.ends if timeline.is_ordered else np.partition(timeline.ends, trained - 1)
    return int(np.searchsorted(timeline.ts, ends[trained - 1], side="right"))


def _last_outcome(timeline: Timeline, test: Interval) -> int:
    first, last = test
    return int(timeline.ends[last - 1] if timeline.is_ordered else timeline.ends[first:last].max())


def _purged_before(timeline: Timeline, test: Interval) -> Iterator[Interval]:
    """Yield the instants before a test whose outcome is known only inside it or later."""
    ends, begin = timeline.ends[: test[0]], timeline.ts[test[0]]
    if timeline.is_ordered:
        yield int(np.searchsorted(ends, begin, side="left")), test[0]
    else:
        yield from _runs(ends >= begin, 0)


def _held_back_after(timeline: Timeline, test: Interval) -> Iterator[Interval]:
    """Yield the instants after a test that lie in its span, or look back into it."""
    last = _last_outcome(timeline, test)
    after = int(np.searchsorted(timeline.ts, last, side="right"))
    yield test[1], after
    begins = timeline.begins[after:]
    if timeline.is_ordered:
        yield after, after + int(np.searchsorted(begins, last, side="right"))
    else:
        yield from _runs(begins <= last, after)


def _runs(is_in: npt.NDArray[np.bool_], offset: int) -> Iterator[Interval]:
    """Yield the stretches in which a mask is true, counted from `offset` on."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_in, [False]])))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield offset + first, offset + last
