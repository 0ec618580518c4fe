"""Where instants stand on a page's axis of time: dates where a bar is a session, UTC instants where it is shorter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.core.units import NANOSECONDS_PER_SECOND
from enerqis.pages import formatting
from enerqis.quant.columns import integers
from enerqis.quant.returns import sessions_of

Ints = npt.NDArray[np.int64]
SECONDS_PER_DAY = 86_400


class Timeline:
    """The axis of one run.

    Parameters
    ----------
    bars : pyarrow.Table
        `enerqis.core.tables.BARS` of the run.
    """

    def __init__(self, bars: pa.Table) -> None:
        self._closes = integers(bars, "ts")
        self._sessions = integers(bars, "session")
        self.is_daily = len(np.unique(self._closes)) <= len(np.unique(self._sessions))

    def of_closes(self, ts: Ints) -> Ints:
        """Return where closes of bars (UTC ns) stand: seconds since 1970, of the session's date where bars are sessions."""
        if self.is_daily:
            return self.sessions(ts) * SECONDS_PER_DAY
        return ts // NANOSECONDS_PER_SECOND

    def of_fills(self, ts: Ints, bar_ts: Ints) -> Ints:
        """Return where fills stand: at their instants, or as the closes of their bars where bars are sessions."""
        if self.is_daily:
            return self.sessions(bar_ts) * SECONDS_PER_DAY
        return ts // NANOSECONDS_PER_SECOND

    def sessions(self, ts: Ints) -> Ints:
        """Return the session of closes, days since 1970-01-01."""
        return sessions_of(ts, bar_ts=self._closes, bar_session=self._sessions)

    def text(self, seconds: int) -> str:
        """Return an instant of the axis as people read it."""
        if self.is_daily:
            return formatting.day(seconds // SECONDS_PER_DAY)
        return formatting.instant(seconds * NANOSECONDS_PER_SECOND)


def steps(seconds: Ints) -> list[int]:
    """Return instants as the first and then differences: the shortest text for a page to carry."""
    differences: list[int] = np.diff(seconds, prepend=0).tolist()
    return differences


def figures(values: npt.NDArray[np.float64], digits: int = 6) -> list[float | int | None]:
    """Return values as JSON carries them: `digits` significant digits, whole numbers without a point, NaN as null."""
    return [_figure(value, digits) for value in values.tolist()]


def _figure(value: float, digits: int) -> float | int | None:
    if not np.isfinite(value):
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded
