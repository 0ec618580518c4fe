"""Splits and dividends: at the open of the row that they take effect in, whatever zipline's sessions are."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.engines.log import AT_OPEN, DIVIDEND_EVENT, SPLIT_EVENT, log_event
from enerqis.engines.reference.till import Till
from enerqis.interfaces.engine import Panel

Dividend = namedtuple("Dividend", ["asset", "amount", "pay_date"])  # the shape of zipline's own
"""What zipline's position is asked to earn: currency per unit it holds, and when that is paid."""


class AdjustmentReader:
    """zipline's reader of splits and dividends over a panel.

    ``data.history`` takes splits from it, by session, so that its prices go on over a split. The ledger takes dividends from
    it by row and asset; asked by session, as zipline's own events do, there are none: `Actions` pays them, once.

    Parameters
    ----------
    panel : Panel
    assets : list of zipline assets
        In the order of the panel's columns.
    """

    def __init__(self, panel: Panel, assets: list[Any]) -> None:
        self._panel = panel
        self._assets = assets

    def get_adjustments_for_sid(self, table_name: str, sid: int) -> list[list[Any]]:
        """Return the session of each split and what prices before it are multiplied with; nothing for other tables."""
        if table_name.lower() != "splits":
            return []
        factor = self._panel.split_factor[:, sid]
        rows = np.flatnonzero(factor != 1.0).tolist()
        return [[pd.Timestamp(int(self._panel.session[row]) * NANOSECONDS_PER_DAY), 1.0 / factor[row]] for row in rows]

    def get_dividends_with_ex_date(self, assets: Iterable[Any], date: Any, asset_finder: Any) -> list[Any]:
        """Return the dividend that `date`, a row and a column of the panel, stands for."""
        if not isinstance(date, tuple):
            return []
        row, column = date
        return [Dividend(self._assets[column], float(self._panel.dividend[row, column]), date)]

    def get_stock_dividends_with_ex_date(self, assets: Iterable[Any], date: Any, asset_finder: Any) -> list[Any]:
        """Return nothing: a dividend in shares is a split here."""
        return []


class Actions:
    """Applies splits, then dividends.

    Parameters
    ----------
    panel : Panel
    till : Till
    """

    def __init__(self, panel: Panel, till: Till) -> None:
        self._panel = panel
        self._till = till
        self._reader = AdjustmentReader(panel, till.assets)
        self._has_any = ((panel.split_factor != 1.0) | (panel.dividend != 0.0)).any(axis=1)

    def take(self, row: int) -> None:
        """Apply what takes effect at the open of `row`."""
        if not self._has_any[row]:
            return
        for asset in np.flatnonzero(self._panel.split_factor[row] != 1.0).tolist():
            self._split(asset, float(self._panel.split_factor[row, asset]))
        self._pay(row)

    def _split(self, asset: int, factor: float) -> None:
        """Tell the ledger the exact units after a split.

        By itself zipline would keep whole shares, pay cents for the rest, and round the cost basis to cents.
        """
        till = self._till
        held = till.books.split(asset, factor)
        till.orders.split(asset, factor)
        position = till.tracker.positions.get(till.assets[asset])
        if position is not None:
            till.tracker.update_position(
                till.assets[asset],
                amount=position.amount * factor,
                last_sale_price=position.last_sale_price / factor,
                cost_basis=position.cost_basis / factor,
            )
            log_event(till.books.book, 0, AT_OPEN, asset, SPLIT_EVENT, factor, held.units)

    def _pay(self, row: int) -> None:
        """Let zipline's ledger earn and pay the dividends of `row`, one after the other; shorts pay."""
        books = self._till.books
        for asset in books.held():
            dividend = float(self._panel.dividend[row, asset])
            if dividend != 0.0:
                self._till.tracker._ledger.process_dividends((row, asset), None, self._reader)
                paid = books.position(asset).units * dividend * books.multiplier
                log_event(books.book, 0, AT_OPEN, asset, DIVIDEND_EVENT, dividend, paid)
