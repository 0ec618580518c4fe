"""The sessions of a dataset's calendar around some bars."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.io.calendars import sessions


def calendar_sessions(calendar: str, bars: pa.Table) -> npt.NDArray[np.int64]:
    """Return the sessions of the years that the bars lie in, days since 1970-01-01."""
    days = bars.column("session").to_numpy().astype("datetime64[D]")
    first, last = (int(day.astype("datetime64[Y]").astype(np.int64)) + 1970 for day in (days.min(), days.max()))
    return sessions(calendar, first, last).day
