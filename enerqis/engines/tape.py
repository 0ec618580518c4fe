"""The tape: the bars of one tile as one block of shape (n_columns, n_tile, n_assets), as the loop reads them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.engines.conditions import Conditions
from enerqis.engines.structure import Structure
from enerqis.interfaces.engine import Floats, Ints, Panel

OPEN, HIGH, LOW, CLOSE, VOLUME = 0, 1, 2, 3, 4
PLAIN_COLUMNS = 5
"""Columns of a tape of one asset without splits, sessions or endings: raw prices and volume."""

SPLIT, DIVIDEND, FACTOR = 5, 6, 7
"""Split factor and dividend at the row's open; product of the split factors up to the row."""

ANSWERS, STARTS, ENDS, SESSION = 8, 9, 10, 11
"""Last row whose decisions the bar's open can answer; 1 where the bar opens with the first of its row; 1 in the row from which
an asset counts as delisted, -1 until it has a bar again, 2 in the last row, else 0; 1 at a session's first row."""

COLUMNS = 12

TRADED, SPREAD, VOLATILITY = 12, 13, 14
"""The market of the bar, or of the asset's last one, as a slippage looks at it (see `conditions.py`)."""

MARKET_COLUMNS = 15
"""Columns of a tape whose slippage looks at the market."""

DAYS_BEFORE, SETTLED_BEFORE, DAYS_INSIDE, SETTLED_INSIDE = 15, 16, 17, 18
"""Days and settlements from the close before to the row's open, and from there to its close (see `holding.py`)."""

CARRY_COLUMNS = 19
"""Columns of a tape whose positions cost something to hold."""

DELAY = 19
"""Whole bars that an order waits which is decided at the row."""

ALL_COLUMNS = 20
"""Columns of a tape whose orders wait as long as is drawn."""


def endings(panel: Panel, delisted_after_days: int, last: int) -> npt.NDArray[np.int8]:
    """Return what the column ENDS says, of shape (n_bars, n_assets); a row knows no later one.

    Parameters
    ----------
    panel : Panel
    delisted_after_days : int
        Days since an asset's last bar from which on it is gone; a later bar brings it back.
    last : int
        Row after the last one that is run.
    """
    present = ~np.isnan(panel.close)
    latest = np.maximum.accumulate(np.where(present, panel.ts[:, None], -1), axis=0)
    is_gone = (latest >= 0) & (panel.ts[:, None] - latest > delisted_after_days * NANOSECONDS_PER_DAY)
    found = np.zeros(present.shape, dtype=np.int8)
    found[last - 1 : last] = 2
    found[is_gone] = -1
    found[1:][is_gone[1:] & ~is_gone[:-1]] = 1
    return found


class Reads(NamedTuple):
    """Which columns beyond open and close a kernel reads: the others are not filled."""

    bars: bool
    actions: bool
    openings: bool
    endings: bool
    sessions: bool


def reads_of(structure: Structure, *, is_generic: bool, reads_bar: bool) -> Reads:
    """Return what a kernel of this structure reads; a generic one, and one of many assets, reads all.

    `reads_bar`: whether the strategy looks at the bar.
    """
    reads_all = is_generic or structure.many
    is_guarded = structure.limits_stop or structure.limits_profit or structure.speaks_prices or structure.rests
    return Reads(
        bars=reads_all or is_guarded or reads_bar,
        actions=reads_all or structure.has_actions,
        openings=reads_all or structure.checks_opening,
        endings=reads_all or structure.closes_last,
        sessions=reads_all or structure.limits_equity,
    )


class Tape:
    """Cuts a panel into tapes.

    Parameters
    ----------
    panel : Panel
    factor : ndarray of shape (n_bars, n_assets) or None
        Product of the split factors; None = no split or dividend.
    reads : Reads
    delisted_after_days : int
        See `endings`.
    last : int
        Row after the last one that is run.
    market : Conditions or None
        None = no slippage looks at it.
    spans : tuple of ndarray of shape (n_bars,)
        What DAYS_BEFORE and the columns after it hold; empty = holding costs nothing.
    delays : ndarray of shape (n_bars, n_assets) or None
        What DELAY holds; None = all orders wait equally long.
    """

    def __init__(
        self,
        panel: Panel,
        factor: Floats | None,
        *,
        reads: Reads,
        delisted_after_days: int,
        last: int,
        market: Conditions | None = None,
        spans: tuple[Floats, ...] = (),
        delays: Floats | None = None,
    ) -> None:
        self.panel = panel
        self.factor = factor
        self.reads = reads
        self.market = market
        self.spans = spans
        self.delays = delays
        self.endings = endings(panel, delisted_after_days, last) if reads.endings else None

    def cut(self, first: int, last: int) -> Floats:
        """Return the tape of rows `first` to `last` (exclusive)."""
        panel, rows = self.panel, slice(first, last)
        tape = np.empty((self._columns(), last - first, len(panel.symbols)))
        tape[OPEN] = panel.open[rows]
        tape[CLOSE] = panel.close[rows]
        if self.reads.bars:
            for column, values in ((HIGH, panel.high), (LOW, panel.low), (VOLUME, panel.volume)):
                tape[column] = values[rows]
        if self.reads.actions:
            tape[SPLIT] = panel.split_factor[rows]
            tape[DIVIDEND] = panel.dividend[rows]
            tape[FACTOR] = 1.0 if self.factor is None else self.factor[rows]
        if self.reads.openings:
            tape[ANSWERS] = np.searchsorted(panel.ts, panel.ts_open[rows], side="right") - 1
            tape[STARTS] = _first_to_open(panel.ts_open[rows])
        if self.endings is not None:
            tape[ENDS] = self.endings[rows]
        if self.reads.sessions:
            tape[SESSION] = _session_starts(panel.session, first, last)[:, None]
        if self.market is not None:
            for column, values in zip((TRADED, SPREAD, VOLATILITY), self.market, strict=True):
                tape[column] = values[rows]
        for column, each in enumerate(self.spans, start=DAYS_BEFORE):
            tape[column] = each[rows, None]
        if self.delays is not None:
            tape[DELAY] = self.delays[rows]
        return tape

    def _columns(self) -> int:
        """Return how many columns the loop may read."""
        if self.delays is not None:
            return ALL_COLUMNS
        if self.spans:
            return CARRY_COLUMNS
        if self.market is not None:
            return MARKET_COLUMNS
        return COLUMNS if any(self.reads[1:]) else PLAIN_COLUMNS


def _first_to_open(ts_open: Ints) -> Floats:
    """Return 1 where a bar opens with the earliest of its row."""
    known = np.where(ts_open < 0, np.iinfo(np.int64).max, ts_open)
    starts: Floats = (known == known.min(axis=1, keepdims=True)).astype(float)
    return starts


def _session_starts(session: Ints, first: int, last: int) -> Floats:
    """Return 1 in rows whose session differs from the row before."""
    before = session[max(first - 1, 0) : last - 1] if first else np.concatenate([session[:1], session[: last - 1]])
    starts: Floats = (session[first:last] != before).astype(float)
    return starts
