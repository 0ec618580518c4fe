"""Splits and dividends of a security of QuantConnect/Lean on their way to the rows of their sessions.

Days are numbers such as 20140402. What a factor file's rows mean is `enerqis.quant.factor_ratios`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.io.calendars import sessions
from enerqis.io.lean_bars import COLUMNS

Ints = npt.NDArray[np.int64]

EQUITY_CALENDAR = "XNYS"


class Action(NamedTuple):
    """What takes effect at a session's open.

    Parameters
    ----------
    split_factor : float
        New units per old; 1 = none.
    dividend : float
        Cash per unit after the split, in the unit of the rows' prices; 0 = none.
    number : int
        Row of the factor file that tells of it, 1 = first.
    """

    split_factor: float
    dividend: float
    number: int


class WaitingActions:
    """Actions of one security by session, each of which waits for that session's first row.

    Parameters
    ----------
    actions : mapping of int to Action
        By the day at whose open they take effect.
    """

    def __init__(self, actions: Mapping[int, Action]) -> None:
        self._actions = dict(actions)
        self._first_day: int | None = None
        self._last_day = 0

    def attached(self, table: pa.Table, days: Ints) -> pa.Table:
        """Return rows with columns split_factor and dividend, null where nothing takes effect.

        Parameters
        ----------
        table : pyarrow.Table
        days : ndarray of shape (n_rows,), int64
            Session of each row; 0 where its stamp tells none.
        """
        split_factor, dividend = np.full(len(days), np.nan), np.full(len(days), np.nan)
        distinct, first_rows = np.unique(days, return_index=True)
        for day, row in zip(distinct.tolist(), first_rows.tolist(), strict=True):
            if day in self._actions:
                split_factor[row], dividend[row], _ = self._actions.pop(day)
        known = distinct[distinct > 0].tolist()
        if known:
            self._first_day = min(known[0], self._first_day or known[0])
            self._last_day = max(known[-1], self._last_day)
        for name, values in (("split_factor", split_factor), ("dividend", dividend)):
            table = table.append_column(name, pa.array(values, from_pandas=True))
        return table

    def without_rows(self) -> tuple[pa.Table, Ints]:
        """Return the actions between the first and the last row's day whose session had no row.

        Returns
        -------
        table : pyarrow.Table
            Rows of trade bars without prices, sorted by day.
        numbers : ndarray of int64
            Rows of the factor file.
        """
        first_day = self._first_day or self._last_day
        late = {day: each for day, each in sorted(self._actions.items()) if first_day < day < self._last_day}
        numbers = np.array([each.number for each in late.values()], dtype=np.int64)
        columns = {
            "ts": pa.array([f"{day} 00:00" for day in late], pa.string()),
            **{name: pa.nulls(len(late), pa.string()) for name in COLUMNS["trade"][1:]},
            "split_factor": pa.array([each.split_factor for each in late.values()], pa.float64()),
            "dividend": pa.array([each.dividend for each in late.values()], pa.float64()),
        }
        return pa.table(columns), numbers


def sessions_after(days: Ints) -> Ints:
    """Return the first session of the New York Stock Exchange after each of some sorted days."""
    if not len(days):
        return days
    dates = [f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02}" for day in days.tolist()]
    calendar = sessions(EQUITY_CALENDAR, int(days[0]) // 10_000, int(days[-1]) // 10_000)
    index = np.searchsorted(calendar.day, np.array(dates, "datetime64[D]").astype(np.int64), side="right")
    after = calendar.day[index].astype("datetime64[D]")
    return np.array([int(str(each).replace("-", "")) for each in after], dtype=np.int64)
