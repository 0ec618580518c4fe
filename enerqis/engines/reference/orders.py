"""Orders in flight: what the strategy asked, waiting on zipline's blotter for the bar that answers it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from enerqis.engines.book import SEEN, Floats, Wish
from enerqis.engines.log import (
    AT_CLOSE,
    AT_OPEN,
    CANCELLED,
    DECISION,
    FILLED,
    ORDER_CANCELLED,
    ORDER_REJECTED,
    REJECTED,
    UNNEEDED,
    log_event,
    log_fate,
    log_order,
)
from enerqis.engines.reference.books import Books
from enerqis.engines.reference.venue import ExactStyle, Venue
from enerqis.engines.trading import new_identity


@dataclass
class Ticket:
    """One order, ours and zipline's.

    Parameters
    ----------
    identity : float
        1, 2, ... in the order of asking.
    asset : int
        Column of the panel.
    decided_at : int
        Instant of the decision, UTC ns.
    due : float
        Number of the asset's bar that answers it.
    target : float
        Exposure asked for.
    wanted : float
        Raw units to hold once it is filled; NaN = sized when it fills.
    reason : float
    order : zipline Order
    limit, stop : float
        Raw prices; NaN = none.
    is_beside : bool
        It takes the place of no other order.
    exact_units : float or None
        Raw units that it trades, whatever its target: the order of an algorithm.
    side : float
        1 or -1 from the moment it rests in the market, which it never changes; 0 before.
    is_exit : bool
        It is what is left of a protective exit.
    is_sized : bool
        A bar has met it, so that its units are fixed.
    is_filled_in_part : bool
    met_row : int
        The last row whose bar took what it takes of it; -1 = none.
    """

    identity: float
    asset: int
    decided_at: int
    due: float
    target: float
    wanted: float
    reason: float
    order: Any
    limit: float = math.nan
    stop: float = math.nan
    is_beside: bool = False
    exact_units: float | None = None
    side: float = 0.0
    is_exit: bool = False
    is_sized: bool = False
    is_filled_in_part: bool = False
    met_row: int = -1

    @property
    def is_priced(self) -> bool:
        """Whether it waits for a price."""
        return not (math.isnan(self.limit) and math.isnan(self.stop))

    @property
    def is_resting(self) -> bool:
        """Whether it is in the market already."""
        return self.side != 0.0

    @property
    def named_price(self) -> float:
        """The price that it expects: its limit, else its stop."""
        return self.stop if math.isnan(self.limit) else self.limit


class Orders:
    """The orders in flight of one run.

    Parameters
    ----------
    venue : Venue
    books : Books
    assets : list of zipline assets
    delays : ndarray of shape (n_bars, n_assets)
        Whole bars that an order waits which is decided at a row.
    """

    def __init__(self, venue: Venue, books: Books, assets: list[Any], delays: Floats) -> None:
        self._venue = venue
        self._books = books
        self._assets = assets
        self._delays = delays
        self._tickets: list[Ticket] = []

    def ask(self, asset: int, wish: Wish, held: float) -> None:
        """Place an order that the asset's next bar answers, latency apart; it replaces those that wait as long or longer.

        It asks for the units from what the orders at the market before it leave, or from those held, to `wish.units`.
        """
        due = self._seen(asset) + 1.0 + float(self._delays[self._books.row, asset])
        for overtaken in [each for each in self.of(asset) if not each.is_resting and each.due >= due]:
            self.cancel(asset, overtaken.due)
        before = [each for each in self.of(asset) if not each.is_priced and not each.is_resting]
        units = wish.units - (before[-1].wanted if before else held)
        identity = new_identity(self._books.book)
        target, reason, limit, stop = wish.target, wish.reason, wish.limit, wish.stop
        log_order(self._books.book, 0, AT_CLOSE, asset, identity, units, target, reason, limit, stop)
        style = ExactStyle(stop=None if math.isnan(stop) else stop, limit=None if math.isnan(limit) else limit)
        order = self.place(asset, f"{identity:.0f}", units * self._books.multiplier, style)
        decided_at = int(self._books.panel.ts[self._books.row])
        ticket = Ticket(
            identity, asset, decided_at, due, target, wish.units, reason, order, limit, stop, wish.is_beside != 0.0
        )
        self._tickets.append(ticket)

    def ask_units(self, asset: int, target: float, units: float) -> str:
        """Place an algorithm's order of exactly `units`, beside those that wait already; return its name at zipline."""
        identity = new_identity(self._books.book)
        log_order(self._books.book, 0, AT_CLOSE, asset, identity, units, target, DECISION, math.nan, math.nan)
        order = self.place(asset, f"{identity:.0f}", units * self._books.multiplier)
        decided_at = int(self._books.panel.ts[self._books.row])
        due = self._seen(asset) + 1.0 + float(self._delays[self._books.row, asset])
        wanted = self.intended(asset) + units
        self._tickets.append(
            Ticket(identity, asset, decided_at, due, target, wanted, DECISION, order, exact_units=units)
        )
        return str(order.id)

    def intended(self, asset: int) -> float:
        """Return the units held once every order in flight has filled; of orders without a size nothing is known."""
        units = self._books.position(asset).units
        for ticket in self.of(asset):
            if ticket.exact_units is not None:
                units += ticket.exact_units
            elif not math.isnan(ticket.wanted):
                units = ticket.wanted
        return units

    def all(self) -> list[Ticket]:
        """Return every order in flight."""
        return list(self._tickets)

    def place(self, asset: int, name: str, units: float, style: ExactStyle | None = None) -> Any:
        """Put an order on zipline's book; what is sized later, or asks for nothing yet, waits there without a size."""
        self._venue.order(self._assets[asset], units if units != 0.0 else math.nan, style or ExactStyle(), name)
        return self._venue.orders[name]

    def due(self) -> list[Ticket]:
        """Return the orders that this row's bars answer, in the order of symbols."""
        due = [
            each
            for each in self._tickets
            if not each.is_resting and self._books.has_bar(each.asset) and each.due == self._seen(each.asset)
        ]
        return sorted(due, key=lambda ticket: ticket.asset)

    def resting(self, asset: int) -> Ticket | None:
        """Return the asset's order that is in the market, a protective exit apart."""
        return next((each for each in self.of(asset) if each.is_resting and not each.is_exit), None)

    def left(self) -> list[Ticket]:
        """Return what is left of orders at the market that this row's bars have not met yet, protective exits first."""
        found = [
            each
            for each in self._tickets
            if each.is_resting
            and not each.is_priced
            and each.met_row != self._books.row
            and self._books.has_bar(each.asset)
        ]
        return sorted(found, key=lambda ticket: not ticket.is_exit)

    def is_growing(self, asset: int, units: float) -> bool:
        """Return whether what is left of an order at the market adds to the `units` held."""
        return any(
            each.is_resting and not each.is_priced and not each.is_exit and each.side * units > 0.0
            for each in self.of(asset)
        )

    def is_closing(self, asset: int, units: float) -> bool:
        """Return whether what is left of a protective exit closes the `units` held."""
        return any(each.is_exit and each.side * units < 0.0 for each in self.of(asset))

    def carry_exit(self, asset: int, identity: float, reason: float, order: Any, units: float, left: float) -> None:
        """Let what the bar leaves of a protective exit from `units` wait, an order at the market from now on."""
        order.stop = order.limit = None
        row = self._books.row
        ticket = Ticket(identity, asset, int(self._books.panel.ts[row]), math.nan, 0.0, 0.0, reason, order)
        ticket.side = -1.0 if units > 0.0 else 1.0
        ticket.is_exit = ticket.is_sized = True
        ticket.is_filled_in_part, ticket.met_row = left != units, row
        self._tickets.append(ticket)

    def is_waiting(self, asset: int) -> bool:
        """Return whether an order at the market is in flight for the asset."""
        return any(not each.is_priced for each in self.of(asset))

    def is_working(self, asset: int) -> bool:
        """Return whether an order of the asset waits for its price."""
        return any(each.is_priced for each in self.of(asset))

    def is_carried(self, order: Any) -> bool:
        """Return whether one of zipline's orders is in flight here too."""
        return any(each.order is order for each in self._tickets)

    def make_room(self, asset: int) -> None:
        """Withdraw what rests in the market: another order of the asset reaches it."""
        for ticket in (self.resting(asset), next((each for each in self.of(asset) if each.is_exit), None)):
            if ticket is not None:
                self.withdraw(ticket, AT_OPEN)

    def has_another(self, ticket: Ticket) -> bool:
        """Return whether another order of the asset than `ticket`, no protective exit, rests in the market."""
        return any(each.is_resting and not each.is_exit and each is not ticket for each in self.of(ticket.asset))

    def is_last_word(self, done: Ticket) -> bool:
        """Return whether nothing that follows an order which is done wants another target; its replacements are withdrawn."""
        for ticket in self.of(done.asset):
            if ticket is done or ticket.is_resting or ticket.is_beside:
                continue
            if ticket.target != done.target or not ticket.is_priced:
                return False
            self.cancel(ticket.asset, ticket.due, instant=AT_OPEN)
        return True

    def of(self, asset: int) -> list[Ticket]:
        """Return the asset's orders in flight, oldest first."""
        return [each for each in self._tickets if each.asset == asset]

    def postpone(self, ticket: Ticket) -> None:
        """Let an order wait for one bar more, in place of one that is due then."""
        self.cancel(ticket.asset, ticket.due + 1.0)
        ticket.due += 1.0

    def cancel(self, asset: int, due: float | None = None, *, kept: float = 0.0, instant: float = AT_CLOSE) -> None:
        """Withdraw the asset's orders, or the one due at bar number `due`; targets of side `kept` stay, 0 = none."""
        for ticket in sorted(self.of(asset), key=lambda each: (not each.is_resting, each.is_exit)):
            is_meant = due is None or (ticket.due == due and not ticket.is_resting)
            if is_meant and ticket.target * kept <= 0.0:
                self.withdraw(ticket, instant)

    def withdraw(self, ticket: Ticket, instant: float) -> None:
        """Withdraw one order."""
        self._venue.cancel(ticket.order.id)
        self.settle(ticket, CANCELLED)
        log_event(self._books.book, 0, instant, ticket.asset, ORDER_CANCELLED, ticket.identity, 0.0)

    def reject(self, ticket: Ticket, instant: float, units: float) -> None:
        """Refuse an order that cannot be paid, or is less than a lot."""
        self._venue.reject(ticket.order.id)
        log_event(self._books.book, 0, instant, ticket.asset, ORDER_REJECTED, ticket.identity, units)
        self.settle(ticket, REJECTED)

    def drop(self, ticket: Ticket) -> None:
        """Take an order that found nothing to trade, or nothing more, off the book."""
        self._venue.cancel(ticket.order.id)
        self.settle(ticket, FILLED if ticket.is_filled_in_part else UNNEEDED)

    def settle(self, ticket: Ticket, fate: float) -> None:
        """Note what became of an order; it is in flight no more."""
        self._tickets.remove(ticket)
        log_fate(self._books.book, ticket.identity, fate)

    def split(self, asset: int, factor: float) -> None:
        """Turn units and prices of the asset's orders into those after a split."""
        for ticket in self.of(asset):
            ticket.wanted *= factor
            if ticket.exact_units is not None:
                ticket.exact_units *= factor
            ticket.order.amount *= factor
            ticket.order.filled *= factor
            ticket.limit /= factor
            ticket.stop /= factor
            for price in ("limit", "stop"):
                named = getattr(ticket.order, price)
                if named is not None:
                    setattr(ticket.order, price, named / factor)

    def _seen(self, asset: int) -> float:
        return float(self._books.book.assets[asset, SEEN])
