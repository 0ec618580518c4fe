"""The rows that a cross-validation splits: when each is decided, when its outcome is known, how long a test echoes.

Rows of one instant stand or fall together: they are trained on, tested or left out by the latest outcome among them.
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
        Bars of the row's own symbol for an outcome, instants of the timeline for an embargo.
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
    ends : ndarray of shape (n_instants,), int64
        When the last outcome of the instant's rows is known; never before `ts`.
    first_rows : ndarray of shape (n_instants + 1,), int64, or None
        First row of each instant, and the number of rows; None where every instant has one row.
    embargo : Gap
        How long after the last outcome of a test no row is trained on.
    is_ordered : bool
        Whether `ends` never decreases.
    """

    ts: Ints
    ends: Ints
    first_rows: Ints | None
    embargo: Gap
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
        ts, ends = (np.concatenate([each[first:last] for first, last in kept]) for each in (self.ts, self.ends))
        return self._replace(ts=ts, ends=ends, first_rows=None)


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
    ends = _ends(ts, purge.bars, symbols) if label_end is None else np.asarray(label_end, dtype=np.int64)
    if ends.shape != ts.shape or (ends < ts).any():
        raise ValueError("label_end must hold one instant a row, none before the row's own")
    if purge.duration_ns:
        ends = np.maximum(ends, ts + purge.duration_ns)
    first_rows = None
    if shares:
        starts = np.concatenate([[0], np.flatnonzero(steps) + 1])
        first_rows = np.concatenate([starts, [ts.size]])
        ts, ends = ts[starts], np.maximum.reduceat(ends, starts)
    return Timeline(ts, ends, first_rows, embargo, bool((ends[1:] >= ends[:-1]).all()))


def _ends(ts: Ints, bars: int, symbols: Ints | None) -> Ints:
    """Return the instant `bars` rows of the same symbol later, or of its last row."""
    if bars == 0 or ts.size == 0:
        return ts
    if symbols is None:
        shift = min(bars, ts.size)
        return np.concatenate([ts[shift:], np.full(shift, ts[-1])])
    order = np.argsort(symbols, kind="stable")
    sorted_symbols, sorted_ts = symbols[order], ts[order]
    is_same = sorted_symbols[1:] == sorted_symbols[:-1]
    if (is_same & (sorted_ts[1:] == sorted_ts[:-1])).any():
        raise ValueError("two rows share instant and symbol")
    last = np.flatnonzero(np.concatenate([~is_same, [True]]))
    last_of_row = np.repeat(last, np.diff(np.concatenate([[-1], last])))
    ends = np.empty_like(ts)
    ends[order] = sorted_ts[np.minimum(np.arange(ts.size) + bars, last_of_row)]
    return ends
