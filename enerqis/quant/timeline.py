"""The rows that a cross-validation splits: when each is decided, how far it looks back, when its outcome is known.

Rows of one instant are trained on, tested or left out together, by the earliest look back and the latest outcome among them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.quant.intervals import Interval

Ints = npt.NDArray[np.int64]


class Gap(NamedTuple):
    """A stretch of time, as bars and as a duration: the longer of the two counts.

    Parameters
    ----------
    bars : int
        Bars of the row's own symbol.
    duration_ns : int
        Nanoseconds.
    """

    bars: int = 0
    duration_ns: int = 0


NO_GAP = Gap()


class Timeline(NamedTuple):
    """Instants in order, each with one row or several.

    Parameters
    ----------
    ts : ndarray of shape (n_instants,), int64
        Instants of decision, UTC ns, strictly increasing.
    begins : ndarray of shape (n_instants,), int64
        Since when the instant's rows look back, as far as an embargo is concerned; never after `ts`.
    ends : ndarray of shape (n_instants,), int64
        When the last outcome of the instant's rows is known; never before `ts`.
    first_rows : ndarray of shape (n_instants + 1,), int64, or None
        First row of each instant, and the number of rows; None where every instant has one row.
    is_ordered : bool
        Whether neither `begins` nor `ends` ever decreases.
    """

    ts: Ints
    begins: Ints
    ends: Ints
    first_rows: Ints | None
    is_ordered: bool

    @property
    def instants(self) -> int:
        """Number of instants."""
        return self.ts.size

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.ts.size if self.first_rows is None else int(self.first_rows[-1])

    def rows_of(self, instants: Interval) -> Interval:
        """Return the rows of an interval of instants."""
        if self.first_rows is None:
            return instants
        return int(self.first_rows[instants[0]]), int(self.first_rows[instants[1]])

    def only(self, kept: tuple[Interval, ...]) -> Timeline:
        """Return the timeline of the instants that `kept` holds and no others, one row each."""
        columns = (self.ts, self.begins, self.ends)
        ts, begins, ends = (np.concatenate([each[first:last] for first, last in kept]) for each in columns)
        return self._replace(ts=ts, begins=begins, ends=ends, first_rows=None)


def timeline(
    ts: Ints, *, purge: Gap = NO_GAP, embargo: Gap = NO_GAP, symbols: Ints | None = None, label_end: Ints | None = None
) -> Timeline:
    """Return the timeline of rows.

    Parameters
    ----------
    ts : ndarray of shape (n_rows,), int64
        Instant of each row's decision, UTC ns, never decreasing.
    purge : Gap
        How long after its decision the outcome of a row is known: so many bars of its own symbol, so much time, the later of
        the two. An outcome beyond the last row counts as known there.
    embargo : Gap
        How long before its decision a row looks back: so many bars of its own symbol, so much time, the longer of the two.
        It is not trained on while that reaches back into a test.
    symbols : ndarray of shape (n_rows,), int64, optional
        Number of each row's symbol; needed where rows share an instant.
    label_end : ndarray of shape (n_rows,), int64, optional
        When the outcome of each row is known, where that is known row by row; `purge` may only make it later by a duration.

    Raises
    ------
    ValueError
        If rows are not in order of time, share an instant without a symbol, share instant and symbol, or end before they begin.
    """
    ts = np.ascontiguousarray(ts, dtype=np.int64)
    steps = np.diff(ts)
    if (steps < 0).any():
        raise ValueError(
            f"rows must be sorted by time: row {int(np.argmax(steps < 0)) + 1} is earlier than the one before"
        )
    shares = bool((steps == 0).any())
    if shares and symbols is None:
        row = int(np.argmax(steps == 0)) + 1
        raise ValueError(
            f"rows {row - 1} and {row} share an instant: name each row's symbol, or give one row an instant"
        )
    ends = _moved(ts, purge.bars, symbols) if label_end is None else np.asarray(label_end, dtype=np.int64)
    if ends.shape != ts.shape or (ends < ts).any():
        raise ValueError("label_end must hold one instant a row, none before the row's own")
    begins = _moved(ts, -embargo.bars, symbols)
    if purge.duration_ns:
        ends = np.maximum(ends, ts + purge.duration_ns)
    if embargo.duration_ns:
        begins = np.minimum(begins, ts - embargo.duration_ns)
    first_rows = None
    if shares:
        starts = np.concatenate([[0], np.flatnonzero(steps) + 1])
        first_rows = np.concatenate([starts, [ts.size]])
        ts, begins, ends = ts[starts], np.minimum.reduceat(begins, starts), np.maximum.reduceat(ends, starts)
    is_ordered = bool((ends[1:] >= ends[:-1]).all() and (begins[1:] >= begins[:-1]).all())
    return Timeline(ts, begins, ends, first_rows, is_ordered)


def _moved(ts: Ints, bars: int, symbols: Ints | None) -> Ints:
    """Return the instant `bars` rows of the same symbol later, or earlier where negative; of its last or first row at most."""
    if bars == 0 or ts.size == 0:
        return ts
    if symbols is None:
        edge = np.full(min(abs(bars), ts.size), ts[-1] if bars > 0 else ts[0])
        return np.concatenate([ts[bars:], edge] if bars > 0 else [edge, ts[: max(0, ts.size + bars)]])
    order = np.argsort(symbols, kind="stable")
    sorted_symbols, sorted_ts = symbols[order], ts[order]
    is_new = np.concatenate([[True], sorted_symbols[1:] != sorted_symbols[:-1]])
    if (~is_new[1:] & (sorted_ts[1:] == sorted_ts[:-1])).any():
        raise ValueError("two rows share instant and symbol")
    first = np.flatnonzero(is_new)
    counts = np.diff(np.concatenate([first, [ts.size]]))
    lowest, highest = np.repeat(first, counts), np.repeat(first + counts - 1, counts)
    moved = np.empty_like(ts)
    moved[order] = sorted_ts[np.clip(np.arange(ts.size) + bars, lowest, highest)]
    return moved
