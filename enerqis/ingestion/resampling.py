"""Bars of one symbol to coarser bars, labelled by their close: a coarse bar is known when its last instant has passed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.ingestion.bars import Bars
from enerqis.io.calendars import Sessions

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def coarse_times(bars: Bars, calendar: Sessions, length: int, *, grid_offset: int) -> tuple[Ints, Ints]:
    """Return open and close of the coarse bar that each bar belongs to.

    Parameters
    ----------
    bars : Bars
        One symbol, sorted by time.
    calendar : Sessions
        Sessions that hold the bars. Where sessions are shorter than a day, buckets start at the session's open and end at
        its close at the latest; elsewhere they lie on a grid of the day in UTC, moved by `grid_offset` ns.
    length : int
        Coarse length in ns; a day means one bar a session.

    Returns
    -------
    ts_open, ts : ndarrays of shape (n_bars,), int64
    """
    index = np.searchsorted(calendar.day, bars.session)
    opens, closes = calendar.open[index], calendar.close[index]
    if length == NANOSECONDS_PER_DAY:
        return np.minimum(opens, _session_minimum(bars)), closes
    if calendar.has_hours:
        start = opens + (bars.ts_open - opens) // length * length
        return start, np.minimum(start + length, closes)
    start = (bars.ts_open - grid_offset) // length * length + grid_offset
    return start, start + length


def merged(bars: Bars, ts_open: Ints, ts: Ints) -> Bars:
    """Return one bar for each stretch of equal `ts`: first open, highest, lowest, last close and spread, summed volume."""
    starts = np.flatnonzero(np.append(True, np.diff(ts) != 0))
    lasts = np.append(starts[1:], len(bars)) - 1
    return Bars(
        code=bars.code[starts],
        ts_open=ts_open[starts],
        ts=ts[starts],
        session=bars.session[starts],
        open=bars.open[starts],
        high=np.maximum.reduceat(bars.high, starts),
        low=np.minimum.reduceat(bars.low, starts),
        close=bars.close[lasts],
        volume=np.add.reduceat(bars.volume, starts),
        spread=bars.spread[lasts],
        adjusted_close=bars.adjusted_close[lasts],
        file=bars.file[starts],
        row=bars.row[starts],
    )


def _session_minimum(bars: Bars) -> Ints:
    """Return for each bar the first open of its session."""
    starts = np.flatnonzero(np.append(True, np.diff(bars.session) != 0))
    return np.repeat(bars.ts_open[starts], np.diff(np.append(starts, len(bars))))
