"""Open, close and session of rows, and the rules over their stamps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.ingestion.columns import named_column
from enerqis.ingestion.findings import Findings
from enerqis.ingestion.stamps import Stamps, are_dates, parse_stamps
from enerqis.io.calendars import Sessions, sessions
from enerqis.io.zones import to_local
from enerqis.spec.dataset import Dataset

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MINUTE_NS = 60_000_000_000


class Times(NamedTuple):
    """Instants of open and close, UTC ns, and the session of each row, days since 1970-01-01; arrays of int64."""

    ts_open: Ints
    ts: Ints
    session: Ints


def checked_times(table: pa.Table, source: str, dataset: Dataset[Any], found: Findings, *, is_filling: Flags) -> Times:
    """Return the times of each row; what rules say goes to `found`.

    Parameters
    ----------
    table : pyarrow.Table
    source : str
        Where the rows came from, for messages.
    dataset : Dataset
    found : Findings
    is_filling : ndarray of bool
        Rows that look like a vendor's filling: flat and without volume.

    Raises
    ------
    DataError
        If a declared column is missing.
    """
    columns = [named_column(table, name, source) for name in dataset.columns.stamp]
    stamps = parse_stamps(columns, dataset.stamp)
    found.refuse("stamp", stamps.is_malformed)
    if dataset.is_daily:  # a date has no hour that clocks could change
        ends_before = ~are_dates(columns, dataset.stamp) if dataset.stamp.at == "close" else np.False_
        times, outside = _daily(stamps, dataset, ends_before=ends_before)
    else:
        _changes_of_clocks(stamps, dataset, found)
        times, outside = _intraday(stamps, dataset, found)
    if outside.any():
        found.act("weekend_fill", outside & is_filling, dataset.rules.weekend_fill)
        found.act("outside_session", outside, "keep" if dataset.rules.outside_session == "next" else "reject")
    return times


def looks_filled(values: Mapping[str, npt.NDArray[np.float64]]) -> Flags:
    """Return which rows are flat and without volume."""
    filled: Flags = (values["high"] == values["low"]) & (values["volume"] == 0.0)
    return filled


def _changes_of_clocks(stamps: Stamps, dataset: Dataset[Any], found: Findings) -> None:
    ambiguous, skipped = stamps.is_ambiguous & ~stamps.is_malformed, stamps.is_skipped & ~stamps.is_malformed
    found.act("ambiguous_time", ambiguous, "reject" if dataset.stamp.ambiguous == "reject" else "keep")
    if dataset.stamp.nonexistent == "shift":
        found.fix("nonexistent_time", skipped)
    else:
        found.refuse("nonexistent_time", skipped)


def _daily(stamps: Stamps, dataset: Dataset[Any], *, ends_before: Flags | np.bool_) -> tuple[Times, Flags]:
    """Return the times of daily bars, and which lie outside every session; midnight `ends_before` the day that it begins."""
    days = (stamps.local - ends_before) // NANOSECONDS_PER_DAY
    calendar = _calendar(dataset, days * NANOSECONDS_PER_DAY, stamps.is_malformed)
    index = np.minimum(np.searchsorted(calendar.day, days), len(calendar.day) - 1)
    outside = (calendar.day[index] != days) & ~stamps.is_malformed
    return Times(calendar.open[index], calendar.close[index], calendar.day[index]), outside


def _intraday(stamps: Stamps, dataset: Dataset[Any], found: Findings) -> tuple[Times, Flags]:
    """Return the times of intraday bars, cut to their session, and which lie outside every session."""
    length = dataset.frequency_ns
    calendar = _calendar(dataset, stamps.instant - length, stamps.is_malformed)
    ts_open = _opens(stamps.instant, dataset, calendar)
    off = ts_open != _grid_starts(ts_open, dataset, calendar)
    found.act("off_grid", off & ~stamps.is_malformed, dataset.stamp.off_grid)
    index = np.minimum(np.searchsorted(calendar.close, ts_open, side="right"), len(calendar.day) - 1)
    ts = ts_open + length
    outside = (calendar.open[index] >= ts) & ~stamps.is_malformed
    if calendar.has_hours:
        ts_open = np.where(outside, ts_open, np.maximum(ts_open, calendar.open[index]))
        ts = np.where(outside, ts, np.minimum(ts, calendar.close[index]))
    return Times(ts_open, ts, calendar.day[index]), outside


def _opens(instants: Ints, dataset: Dataset[Any], calendar: Sessions) -> Ints:
    """Return the open of the bar of each stamp; one at a session's close may mark a bar that the close has cut short."""
    if dataset.stamp.at == "open":
        return instants
    index = np.minimum(np.searchsorted(calendar.close, instants), len(calendar.close) - 1)
    is_session_close = (calendar.close[index] == instants) & calendar.has_hours
    return np.where(is_session_close, _grid_starts(instants - 1, dataset, calendar), instants - dataset.frequency_ns)


def _grid_starts(instants: Ints, dataset: Dataset[Any], calendar: Sessions) -> Ints:
    """Return the last point of the grid up to each instant; the grid starts anew at midnight of the calendar's zone."""
    since_midnight = to_local(instants, calendar.zone) - dataset.stamp.grid_offset_minutes * MINUTE_NS
    return instants - since_midnight % dataset.frequency_ns


def _calendar(dataset: Dataset[Any], instants: Ints, is_malformed: Flags) -> Sessions:
    """Return the sessions of the years that hold the instants."""
    valid = instants[~is_malformed]
    bounds = (valid.min(), valid.max()) if len(valid) else (0, 0)
    first, last = (
        int(np.datetime64(int(each), "ns").astype("datetime64[Y]").astype(np.int64)) + 1970 for each in bounds
    )
    return sessions(dataset.calendar, first, last)
