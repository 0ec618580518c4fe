"""Rules that look at several rows of one symbol: order, duplicates, steps, gaps and jumps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from enerqis.ingestion.bars import PRICES, Bars
from enerqis.io.calendars import Sessions
from enerqis.spec.dataset import Dataset

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int16]

LISTED_MAX = 50
"""Gaps, jumps and days that the manifest lists; all are counted."""

STEPS_OF_A_CHANGE = 5


def went_back(code: Codes, ts_open: Ints, newest: Ints) -> Flags:
    """Return which bars, in order of receipt, open before one of their symbol that was received earlier.

    Parameters
    ----------
    code : ndarray of shape (n,)
        Index of each bar's symbol.
    ts_open : ndarray of shape (n,)
    newest : ndarray of shape (n_symbols,)
        Latest open of each symbol before these bars.
    """
    is_late = ts_open < newest[code]
    by_code = np.argsort(code, kind="stable")
    codes, opens = code[by_code], ts_open[by_code]
    same = codes[1:] == codes[:-1]
    if (same & (opens[1:] < opens[:-1])).any():
        ranks = np.unique(opens, return_inverse=True)[1]
        of_symbol = np.cumsum(np.append(0, ~same)) * len(opens) + ranks  # grows from symbol to symbol
        is_late[by_code[1:]] |= of_symbol[1:] < np.maximum.accumulate(of_symbol)[:-1]
    return is_late


def in_order(bars: Bars) -> Bars:
    """Return the bars sorted by time; of equal times, in order of receipt."""
    if (bars.ts_open[1:] >= bars.ts_open[:-1]).all():
        return bars
    order = np.argsort(bars.ts_open)  # several times as quick as a stable sort, and the same where no two are equal
    opens = bars.ts_open[order]
    if (opens[1:] == opens[:-1]).any():
        order = np.argsort(bars.ts_open, kind="stable")
    return bars.take(order)


def duplicates(bars: Bars, rule: str) -> tuple[Flags, int]:
    """Return which sorted bars the rule for duplicates refuses, and how many of them differ from the one kept.

    Parameters
    ----------
    bars : Bars
        One symbol, sorted by time, in order of receipt within one instant.
    rule : {'first', 'last', 'reject'}
    """
    same = bars.ts[1:] == bars.ts[:-1]
    if not same.any():
        return np.zeros(len(bars), dtype=bool), 0
    with_earlier, with_later = np.append(False, same), np.append(same, False)
    refused = {"first": with_earlier, "last": with_later, "reject": with_earlier | with_later}[rule]
    equal = np.ones(len(same), dtype=bool)
    for name in (*PRICES, "volume"):
        values = getattr(bars, name)
        equal &= values[1:] == values[:-1]
    return refused, int(np.count_nonzero(same & ~equal))


def changed_steps(bars: Bars, steps: Ints) -> Flags:
    """Return which bars end one of five or more steps in a row that have one length, not 1.

    Parameters
    ----------
    bars : Bars
        One symbol, sorted by time.
    steps : ndarray of shape (n_bars - 1,)
        Steps between neighbours in declared bars.
    """
    if len(steps) < STEPS_OF_A_CHANGE:
        return np.zeros(len(bars), dtype=bool)
    edges = np.flatnonzero(np.diff(steps)) + 1
    starts, stops = np.append(0, edges), np.append(edges, len(steps))
    lengths = stops - starts
    is_change = (lengths >= STEPS_OF_A_CHANGE) & (steps[starts] != 1)
    return np.append(False, np.repeat(is_change, lengths))


def bars_due(instants: Ints, calendar: Sessions, length: int) -> Ints:
    """Return how many bars of `length` ns the calendar has begun before each instant."""
    due = -((calendar.open - calendar.close) // length)
    before = np.append(0, np.cumsum(due))
    index = np.maximum(np.searchsorted(calendar.open, instants, side="right") - 1, 0)
    within = np.clip(-((calendar.open[index] - instants) // length), 0, due[index])
    return np.asarray(before[index] + within, dtype=np.int64)


@dataclass
class SeriesState:
    """What is carried from one year of a symbol to the next, and what was found so far.

    Parameters
    ----------
    bars, sessions_missing, bars_missing, jumps : int
        Counts so far.
    first_ts_open, last_ts : int or None
        Range so far, UTC ns.
    last_close, last_adjusted_close : float
        Of the last bar; NaN at the start. The adjusted one with the close it belongs to.
    """

    bars: int = 0
    first_ts_open: int | None = None
    last_ts: int | None = None
    last_session: int | None = None
    last_close: float = float("nan")
    last_known: tuple[float, float] | None = None
    sessions_missing: int = 0
    bars_missing: int = 0
    missing_days: list[int] = field(default_factory=list)
    gaps: list[tuple[int, int, int]] = field(default_factory=list)
    gap_count: int = 0
    jumps: list[tuple[int, float]] = field(default_factory=list)
    jump_count: int = 0
    splits: list[tuple[int, float]] = field(default_factory=list)
    dividends: list[tuple[int, float]] = field(default_factory=list)
    dividend_count: int = 0
    spreads: int = 0
    last_step_run: int = 0

    def count_missing(self, bars: Bars, calendar: Sessions, dataset: Dataset[Any]) -> None:
        """Compare sorted bars with the calendar, from the bar before to the last of these."""
        before = [] if self.last_session is None else [self.last_session]
        present = np.unique(np.concatenate([np.array(before, dtype=np.int64), bars.session]))
        expected = calendar.between(int(present[0]), int(present[-1])).day
        missing = expected[~np.isin(expected, present)]
        self.sessions_missing += len(missing)
        self.missing_days += missing[: max(0, LISTED_MAX - len(self.missing_days))].tolist()
        if not dataset.is_daily:
            self._count_gaps(bars, calendar, dataset.frequency_ns)

    def _count_gaps(self, bars: Bars, calendar: Sessions, length: int) -> None:
        opens, closes = bars.ts_open, bars.ts
        if self.last_ts is not None:
            closes = np.append(self.last_ts, closes)
        else:
            opens = opens[1:]
        apart = np.flatnonzero(opens != closes[:-1])  # nothing is due between bars that touch
        since, until = closes[apart], opens[apart]
        holes = bars_due(until, calendar, length) - bars_due(since, calendar, length)
        where = np.flatnonzero(holes > 0)
        self.bars_missing += int(holes[where].sum())
        self.gap_count += len(where)
        for index in where[: max(0, LISTED_MAX - len(self.gaps))]:
            self.gaps.append((int(since[index]), int(until[index]), int(holes[index])))

    def count_jumps(self, bars: Bars, split_factor: Floats, jump_fraction: float) -> None:
        """List closes that are far from the one before although splits are accounted for."""
        before = np.append(self.last_close, bars.close[:-1]) / split_factor
        change = bars.close / before - 1.0
        found = np.flatnonzero((change > jump_fraction) | (change < 1.0 / (1.0 + jump_fraction) - 1.0))
        self.jump_count += len(found)
        for index in found[: max(0, LISTED_MAX - len(self.jumps))]:
            self.jumps.append((int(bars.ts[index]), float(change[index])))

    def note_events(self, bars: Bars, split_factor: Floats, dividend: Floats) -> None:
        """Record splits and dividends."""
        for index in np.flatnonzero(split_factor != 1.0):
            self.splits.append((int(bars.session[index]), float(split_factor[index])))
        paid = np.flatnonzero(dividend != 0.0)
        self.dividend_count += len(paid)
        for index in paid:
            self.dividends.append((int(bars.session[index]), float(dividend[index])))

    def advance(self, bars: Bars) -> None:
        """Make the last of these bars the one before the next year's."""
        self.bars += len(bars)
        if self.first_ts_open is None:
            self.first_ts_open = int(bars.ts_open[0])
        self.last_ts, self.last_session = int(bars.ts[-1]), int(bars.session[-1])
        self.last_close = float(bars.close[-1])
        known = np.flatnonzero(~np.isnan(bars.adjusted_close))
        if len(known):
            self.last_known = (float(bars.close[known[-1]]), float(bars.adjusted_close[known[-1]]))
