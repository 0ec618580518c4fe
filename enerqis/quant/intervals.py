"""Ranges of rows, ``(first, last)`` with `last` exclusive: what a split is before anyone needs its row numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Interval = tuple[int, int]
"""First row and the row after the last."""


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return ascending intervals with those that touch or overlap made one, and empty ones left out."""
    found: list[Interval] = []
    for first, last in sorted(each for each in intervals if each[0] < each[1]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def outside(whole: Interval, taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what is left of `whole` without the intervals `taken`, ascending."""
    left: list[Interval] = []
    first = whole[0]
    for start, stop in merged(taken):
        if first < min(start, whole[1]):
            left.append((first, min(start, whole[1])))
        first = max(first, stop)
    if first < whole[1]:
        left.append((first, whole[1]))
    return tuple(left)


def spread(interval: Interval, kept: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return where an interval lies that counts only the rows that `kept` holds, as intervals of all rows."""
    found, before = [], 0
    for first, last in kept:
        start, stop = max(interval[0], before), min(interval[1], before + last - first)
        if start < stop:
            found.append((first + start - before, first + stop - before))
        before += last - first
    return tuple(found)


def length(intervals: Iterable[Interval]) -> int:
    """Return how many rows disjoint intervals hold."""
    return sum(last - first for first, last in intervals)


def row_numbers(count: int) -> npt.NDArray[np.signedinteger]:
    """Return 0, 1, ... `count` - 1 in the smallest of int32 and int64 that holds them; half the memory in practice."""
    return np.arange(count, dtype=np.int32 if count <= np.iinfo(np.int32).max else np.int64)


def rows_in(intervals: tuple[Interval, ...], numbers: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.signedinteger]:
    """Return the row numbers that `intervals` hold, taken from `numbers`; one interval is a view, nothing is copied."""
    if len(intervals) == 1:
        return numbers[slice(*intervals[0])]
    return np.concatenate([numbers[:0], *(numbers[first:last] for first, last in intervals)])
