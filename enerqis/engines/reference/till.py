"""What a fill leaves: read from zipline's ledger, noted in the books."""

from __future__ import annotations

import math
from typing import Any

from enerqis.engines.book import USED
from enerqis.engines.log import FILLED, log_fate, log_fill, log_order
from enerqis.engines.protection import side_of
from enerqis.engines.reference.books import Books
from enerqis.engines.reference.orders import Orders
from enerqis.engines.reference.venue import Fill, Venue
from enerqis.engines.trading import new_identity


class Till:
    """Between zipline's ledger and the books of one run.

    Parameters
    ----------
    books : Books
    venue : Venue
    orders : Orders
    assets : list of zipline assets
    """

    def __init__(self, books: Books, venue: Venue, orders: Orders, assets: list[Any]) -> None:
        self.books = books
        self.venue = venue
        self.orders = orders
        self.assets = assets
        self.tracker: Any = None  # zipline makes it when the simulation starts

    def cash(self) -> float:
        """Return the cash of zipline's ledger."""
        return float(self.tracker.portfolio.cash)

    def ledger_units(self, asset: int) -> float:
        """Return the zipline units that its ledger holds."""
        position = self.tracker.positions.get(self.assets[asset])
        return float(position.amount) if position is not None else 0.0

    def amount(self, asset: int, wanted: float) -> float:
        """Return the zipline units to order from what the ledger holds to `wanted` units of the job."""
        return wanted * self.books.multiplier - self.ledger_units(asset)

    def note(self, asset: int, identity: float, reason: float) -> float:
        """Note the fill that zipline just made and what it leaves of the position; return its commission and slippage.

        Raises
        ------
        RuntimeError
            If zipline made none: a defect of this engine.
        """
        fill = self.venue.fill
        if fill is None:
            raise RuntimeError(f"zipline did not fill the order called for {self.assets[asset].symbol}")
        books, multiplier = self.books, self.books.multiplier
        delta, paid = fill.transaction.amount / multiplier, fill.transaction.price
        slippage = abs(delta) * (paid - fill.price) * side_of(delta) * multiplier
        log_fill(books.book, 0, fill.instant, asset, delta, paid, fill.commission, slippage, identity, reason)
        books.filled(asset, delta, paid, fill.instant, self.ledger_units(asset) / multiplier)
        books.book.assets[asset, USED] += abs(delta)
        return float(fill.commission + slippage)

    def note_closing(self, asset: int, fill: Fill, reason: float, kept: float = 0.0) -> None:
        """Note a position that the engine itself closed; orders in flight are withdrawn but those of side `kept`."""
        identity = self.begin_closing(asset, fill.instant, reason, kept)
        self.note(asset, identity, reason)
        log_fate(self.books.book, identity, FILLED)

    def begin_closing(self, asset: int, instant: float, reason: float, kept: float) -> float:
        """Note an order of the engine itself that closes a position, whose units are those held; return its number."""
        self.orders.cancel(asset, kept=kept)
        book, units = self.books.book, self.books.position(asset).units
        identity = new_identity(book)
        log_order(book, 0, instant, asset, identity, -units, 0.0, reason, math.nan, math.nan)
        return identity
