"""Exact bars for zipline: readers over the panel's own arrays, without bundle, ingest or rounding.

zipline's bcolz stores keep prices in thousandths and volume in whole units, and its in-memory daily reader looks ahead in
`get_last_traded_dt`. These readers give every float as it is, and nothing of a row later than the one asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from zipline.data.bar_reader import BarReader, NoDataOnDate
from zipline.data.session_bars import CurrencyAwareSessionBarReader

from enerqis.engines.book import Floats, Ints
from enerqis.interfaces.engine import Panel

NEVER: Any = pd.NaT
"""zipline's word for: has not traded yet."""


class ExactBars(BarReader):
    """What both readers share: a column a field, a row an instant, a column an asset whose place is its sid.

    Parameters
    ----------
    calendar : exchange_calendars.ExchangeCalendar
    stamps : ndarray of shape (n_rows,), int64
        How zipline asks for a row: the session's label or the bar's close, UTC ns.
    columns : mapping of field to ndarray of shape (n_rows, n_assets)
        NaN where an asset has no bar; volume 0.
    """

    def __init__(self, calendar: Any, stamps: Ints, columns: dict[str, Floats]) -> None:
        self._calendar = calendar
        self._stamps = stamps
        self._columns = columns
        self._rows = {stamp: row for row, stamp in enumerate(stamps.tolist())}

    @property
    def trading_calendar(self) -> Any:
        """The calendar that the bars lie on."""
        return self._calendar

    def get_value(self, sid: Any, dt: pd.Timestamp, field: str) -> float:
        """Return one value, as it is; NaN where the asset has no bar, volume 0.

        Raises
        ------
        NoDataOnDate
            If `dt` lies before the first or after the last bar of all.
        """
        row = self._rows.get(dt.value)
        if row is None:
            if not self._stamps[0] <= dt.value <= self._stamps[-1]:
                raise NoDataOnDate(dt)
            return 0.0 if field == "volume" else np.nan
        return float(self._columns[field][row, int(sid)])

    def get_last_traded_dt(self, asset: Any, dt: pd.Timestamp) -> Any:
        """Return the stamp of the asset's last bar at or before `dt`, NaT before its first: never of a later one."""
        last = int(np.searchsorted(self._stamps, dt.value, side="right"))
        traded = np.flatnonzero(~np.isnan(self._columns["close"][:last, int(asset)]))
        return self._stamp(int(traded[-1])) if traded.size else NEVER

    def _stamp(self, row: int) -> pd.Timestamp:
        raise NotImplementedError

    def _window(self, fields: Sequence[str], stamps: Ints, assets: Sequence[int]) -> list[Floats]:
        """Return the values of `fields` at `stamps`, each of shape (n_stamps, n_assets); NaN, volume 0, where none is."""
        rows = np.array([self._rows.get(stamp, -1) for stamp in stamps.tolist()], dtype=np.int64)
        sids = np.array([int(asset) for asset in assets], dtype=np.int64)
        found = []
        for field in fields:
            values = self._columns[field][np.ix_(np.maximum(rows, 0), sids)].copy()
            values[rows < 0] = 0.0 if field == "volume" else np.nan
            found.append(values)
        return found


class ExactSessionBars(ExactBars, CurrencyAwareSessionBarReader):
    """Daily bars: a row a session, asked for by its label.

    Parameters
    ----------
    calendar, stamps, columns
        As in `ExactBars`.
    currency : str
        Of all prices.
    """

    def __init__(self, calendar: Any, stamps: Ints, columns: dict[str, Floats], currency: str) -> None:
        super().__init__(calendar, stamps, columns)
        self._currency = currency

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """Labels of the sessions that there are bars of."""
        return pd.DatetimeIndex(self._stamps)

    @property
    def first_trading_day(self) -> pd.Timestamp:
        """Label of the first session."""
        return self._stamp(0)

    @property
    def last_available_dt(self) -> pd.Timestamp:
        """Label of the last session."""
        return self._stamp(-1)

    def currency_codes(self, sids: Any) -> Any:
        """Return the one currency for each of `sids`."""
        return np.array([self._currency] * len(sids), dtype=object)

    def load_raw_arrays(self, columns: Any, start_date: Any, end_date: Any, assets: Any) -> list[Floats]:
        """Return the calendar's sessions from `start_date` to `end_date`, both included."""
        sessions = self._calendar.sessions_in_range(_naive(start_date), _naive(end_date))
        return self._window(columns, nanoseconds(sessions), assets)

    def _stamp(self, row: int) -> pd.Timestamp:
        return pd.Timestamp(int(self._stamps[row]))


class ExactMinuteBars(ExactBars):
    """Bars shorter than a session: zipline sees each at the minute that it closes, and no bar in the minutes between."""

    @property
    def data_frequency(self) -> str:
        """What zipline calls bars of any length below a session."""
        return "minute"

    @property
    def first_trading_day(self) -> pd.Timestamp:
        """Label of the first session."""
        session: pd.Timestamp = self._calendar.minute_to_session(self._stamp(0))
        return session

    @property
    def last_available_dt(self) -> pd.Timestamp:
        """Close of the last bar."""
        return self._stamp(-1)

    def load_raw_arrays(self, columns: Any, start_date: Any, end_date: Any, assets: Any) -> list[Floats]:
        """Return the calendar's minutes from `start_date` to `end_date`, both included."""
        minutes = self._calendar.minutes_in_range(start_date, end_date)
        return self._window(columns, nanoseconds(minutes), assets)

    def _stamp(self, row: int) -> pd.Timestamp:
        return pd.Timestamp(int(self._stamps[row]), tz="UTC")


def columns_of(panel: Panel) -> dict[str, Floats]:
    """Return the panel's raw columns as zipline names them; no bar means no volume."""
    return {
        "open": panel.open,
        "high": panel.high,
        "low": panel.low,
        "close": panel.close,
        "volume": np.where(np.isnan(panel.volume), 0.0, panel.volume),
    }


def session_columns(panel: Panel) -> tuple[Ints, dict[str, Floats]]:
    """Return shorter bars put together to one a session, for ``data.history`` by days; labels in days since 1970.

    Returns
    -------
    tuple of ndarray of shape (n_sessions,) and dict of field to ndarray of shape (n_sessions, n_assets)
    """
    starts = np.flatnonzero(np.diff(panel.session, prepend=panel.session[0] - 1))
    columns = {
        "open": _known(panel.open, starts, first=True),
        "high": np.fmax.reduceat(panel.high, starts, axis=0),
        "low": np.fmin.reduceat(panel.low, starts, axis=0),
        "close": _known(panel.close, starts, first=False),
        "volume": np.add.reduceat(columns_of(panel)["volume"], starts, axis=0),
    }
    return panel.session[starts], columns


def _known(values: Floats, starts: Ints, *, first: bool) -> Floats:
    """Return the first or the last value of each session that is not NaN, NaN where all are."""
    ends = np.append(starts[1:], len(values))
    found = np.full((starts.size, values.shape[1]), np.nan)
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        rows = values[start:end] if first else values[start:end][::-1]
        at = np.argmax(~np.isnan(rows), axis=0)
        found[place] = rows[at, np.arange(values.shape[1])]
    return found


def nanoseconds(index: pd.DatetimeIndex) -> Ints:
    """Return an index as UTC ns."""
    naive = index if index.tz is None else index.tz_convert("UTC").tz_localize(None)
    values: Ints = naive.to_numpy(dtype="datetime64[ns]").astype(np.int64)
    return values


def _naive(label: pd.Timestamp) -> pd.Timestamp:
    return label if label.tzinfo is None else label.tz_convert("UTC").tz_localize(None)
