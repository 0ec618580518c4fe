"""The tape: the bars of one tile as one block of shape (n_columns, n_tile, n_assets), as the loop reads them."""

from __future__ import annotations

import numpy as np

from enerqis.engines.book import Floats, Ints
from enerqis.engines.structure import Structure
from enerqis.interfaces.engine import Panel

OPEN, HIGH, LOW, CLOSE, VOLUME = 0, 1, 2, 3, 4
PLAIN_COLUMNS = 5
"""Columns of a tape of one asset without splits, sessions or endings: raw prices and volume."""

SPLIT, DIVIDEND, FACTOR = 5, 6, 7
"""Split factor and dividend at the row's open; product of the split factors up to the row."""

ANSWERS, STARTS, ENDS, SESSION = 8, 9, 10, 11
"""Last row whose decisions the bar's open can answer; 1 where the bar opens with the first of its row; 1 at the last bar of a
delisted asset, -1 after it, 2 in the panel's last row, else 0; 1 at a session's first row."""

COLUMNS = 12


def last_rows(panel: Panel) -> Ints:
    """Return the row of each asset's delisting, n_bars where it lives on.

    An asset counts as delisted if its bars end before the panel's by at least the longest pause it ever made between two bars.
    """
    rows = np.full(len(panel.symbols), panel.ts.size, dtype=np.int64)
    for asset in range(len(panel.symbols)):
        present = np.flatnonzero(~np.isnan(panel.close[:, asset]))
        if present.size == 0 or present[-1] == panel.ts.size - 1:
            continue
        ts = panel.ts[present]
        pause = int(np.diff(ts).max()) if ts.size > 1 else 0
        if panel.ts[-1] - ts[-1] >= pause:
            rows[asset] = present[-1]
    return rows


def is_plain(structure: Structure) -> bool:
    """Return whether a kernel of this structure reads prices and volume only."""
    return not (
        structure.many
        or structure.has_actions
        or structure.checks_opening
        or structure.limits_equity
        or structure.closes_last
    )


class Tape:
    """Cuts a panel into tapes.

    Parameters
    ----------
    panel : Panel
    factor : ndarray of shape (n_bars, n_assets) or None
        Product of the split factors; None = no split or dividend.
    is_plain : bool
        Only prices and volume are read.
    """

    def __init__(self, panel: Panel, factor: Floats | None, *, is_plain: bool) -> None:
        self.panel = panel
        self.factor = factor
        self.is_plain = is_plain
        self.last_rows = last_rows(panel)

    def cut(self, first: int, last: int) -> Floats:
        """Return the tape of rows `first` to `last` (exclusive)."""
        panel, rows = self.panel, slice(first, last)
        tape = np.empty((PLAIN_COLUMNS if self.is_plain else COLUMNS, last - first, len(panel.symbols)))
        for column, values in enumerate((panel.open, panel.high, panel.low, panel.close, panel.volume)):
            tape[column] = values[rows]
        if not self.is_plain:
            tape[SPLIT] = panel.split_factor[rows]
            tape[DIVIDEND] = panel.dividend[rows]
            tape[FACTOR] = 1.0 if self.factor is None else self.factor[rows]
            tape[ANSWERS] = np.searchsorted(panel.ts, panel.ts_open[rows], side="right") - 1
            tape[STARTS] = _first_to_open(panel.ts_open[rows])
            tape[ENDS] = self._endings(np.arange(first, last))
            tape[SESSION] = _session_starts(panel.session, first, last)[:, None]
        return tape

    def _endings(self, rows: Ints) -> Floats:
        alive = np.where(rows == self.panel.ts.size - 1, 2.0, 0.0)[:, None]
        ended = np.where(rows[:, None] == self.last_rows, 1.0, -1.0)
        endings: Floats = np.where(rows[:, None] < self.last_rows, alive, ended)
        return endings


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
