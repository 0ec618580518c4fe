"""Trading sessions as arrays: the one door to exchange_calendars (and, with it, pandas).

Calendars are built a decade at a time with explicit bounds, so that no result depends on today's date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.io.zones import to_instants

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.int64]

FIRST_DECADE = 1900
LAST_DECADE = 2090


@dataclass(frozen=True)
class Sessions:
    """Sessions of one calendar, in order; arrays of shape (n_sessions,).

    Parameters
    ----------
    day : ndarray of int64
        Days since 1970-01-01 of the session's label.
    open, close : ndarray of int64
        First and last instant, UTC ns; early closes included.
    zone : str
        IANA zone whose clocks the sessions follow.
    """

    day: Ints
    open: Ints
    close: Ints
    zone: str

    @property
    def has_hours(self) -> bool:
        """Whether sessions are shorter than a day, so that bars end at their close."""
        return bool(len(self.day)) and int(np.max(self.close - self.open)) < NANOSECONDS_PER_DAY

    def between(self, first_day: int, last_day: int) -> Sessions:
        """Return the sessions labelled from `first_day` to `last_day`, both included."""
        kept = slice(np.searchsorted(self.day, first_day), np.searchsorted(self.day, last_day, side="right"))
        return Sessions(self.day[kept], self.open[kept], self.close[kept], self.zone)


def sessions(calendar: str, first_year: int, last_year: int) -> Sessions:
    """Return the sessions of the whole decades that hold the years asked for and the year after.

    Parameters
    ----------
    calendar : str
        Name as exchange_calendars spells it: XNYS, 24/7, 24/5.
    first_year, last_year : int
        Years that must be covered.
    """
    decades = range(_decade(first_year), _decade(last_year + 1) + 1, 10)
    parts = [_decade_sessions(calendar, decade) for decade in decades]
    return Sessions(
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.open for part in parts]),
        np.concatenate([part.close for part in parts]),
        parts[0].zone,
    )


def _decade(year: int) -> int:
    return min(max(year // 10 * 10, FIRST_DECADE), LAST_DECADE)


@cache
def _decade_sessions(calendar: str, decade: int) -> Sessions:
    import exchange_calendars

    found = exchange_calendars.get_calendar(calendar, start=f"{decade}-01-01", end=f"{decade + 9}-12-31")
    zone, schedule = str(found.tz), found.schedule
    days = schedule.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    opens, closes = (_instants(schedule[end].dt.tz_convert(found.tz), zone) for end in ("open", "close"))
    return Sessions(days, opens, closes, zone)


def _instants(stamps: pd.Series[pd.Timestamp], zone: str) -> Ints:
    """Return the instants of the wall clocks that `stamps` show; their own are by the system's zone files."""
    clocks = np.asarray(stamps.dt.tz_localize(None), dtype="datetime64[ns]").astype(np.int64)
    return to_instants(clocks, zone, ambiguous="earliest")[0]
