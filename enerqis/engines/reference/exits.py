"""Positions that the engine closes by itself: protective prices inside a bar, delistings, the last row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from enerqis.engines.book import MARK
from enerqis.engines.log import AT_CLOSE, DELISTED, DELISTING, FILLED, LAST_BAR, PROTECTIVE_EXIT, log_event, log_fate
from enerqis.engines.protection import nothing_said, side_of
from enerqis.engines.reference.books import DELISTED_NOW, LAST_ROW
from enerqis.engines.reference.policy import Policy, reached_in_bar
from enerqis.engines.reference.till import Till
from enerqis.engines.reference.venue import ExactStyle, Fill, Moment, Touch
from enerqis.engines.tape import ENDS


class Exits:
    """Closes positions through zipline's orders; each yield is an event at which zipline matches what is called.

    Parameters
    ----------
    till : Till
    policy : Policy
    """

    def __init__(self, till: Till, policy: Policy) -> None:
        self._till = till
        self._policy = policy

    def protect(self) -> Iterator[None]:
        """Let the protective orders of each position wait for one bar: a stop and a limit order, one cancels the other."""
        k, books, venue = self._policy.k, self._till.books, self._till.venue
        if not (k.limits_stop or k.limits_profit or k.speaks_prices):
            return
        reasons: dict[str, float] = {}
        orders = []
        for asset in books.held():
            is_too_new = books.position(asset).is_new != 0.0 and not k.stops_on_fill_bar
            if books.has_bar(asset) and not is_too_new:
                for order, reason in self.protective_orders(asset):
                    reasons[order.id] = reason
                    orders.append(order)
        venue.call(Moment.INSIDE, orders)
        while venue.is_calling:
            yield
            if venue.fill is not None:
                self.note_exit(venue.fill, reasons[venue.fill.transaction.order_id])
        for order in orders:
            if order.open:
                venue.withdraw(order)

    def close_out(self) -> Iterator[None]:
        """Close what is delisted with this row, and everything at the last row where the spec says so."""
        books, orders = self._till.books, self._till.orders
        ends = books.tape[ENDS, 0]
        for asset in range(len(self._till.assets)):
            is_delisted = ends[asset] == DELISTED_NOW
            if not is_delisted and not (self._policy.k.closes_last and ends[asset] == LAST_ROW):
                continue
            units = books.position(asset).units
            if is_delisted:
                orders.cancel(asset)
                log_event(books.book, 0, AT_CLOSE, asset, DELISTING, books.book.assets[asset, MARK], units)
                books.keep_standing(asset, nothing_said())
            if units != 0.0:
                yield from self._close(asset, DELISTED if is_delisted else LAST_BAR)

    def protective_orders(self, asset: int) -> Iterator[tuple[Any, float]]:
        """Yield the zipline orders that protect a position in this bar, with the reason of each."""
        k, n, books = self._policy.k, self._policy.n, self._till.books
        standing = books.standing(asset)
        held = self._policy.with_levels(k, n, books.position(asset), books.factor(asset))
        side = side_of(held.units)
        stop = self._policy.stop_of(k, standing, held, side)
        profit = self._policy.profit_of(k, standing, held, side)
        if not math.isnan(stop.price):
            yield self._place(asset, "stop", ExactStyle(stop=stop.price)), stop.reason
        if not math.isnan(profit.price):
            yield self._place(asset, "profit", ExactStyle(limit=profit.price)), profit.reason

    def _place(self, asset: int, what: str, style: ExactStyle) -> Any:
        """Put an order that closes the position on zipline's book."""
        name = f"{self._till.books.row}-{asset}-{what}"
        return self._till.orders.place(asset, name, self._till.amount(asset, 0.0), style)

    def note_exit(self, fill: Fill, reason: float) -> None:
        """Note a position that its protective price closed."""
        asset = int(fill.transaction.asset)
        log_event(self._till.books.book, 0, fill.instant, asset, PROTECTIVE_EXIT, fill.price, reason)
        self._till.note_closing(asset, fill, reason, kept=self._till.books.exited(asset, reason))

    def exit_at(self, asset: int, touch: Touch, reason: float) -> Iterator[None]:
        """Close a position where a bar touches its protective price, as far as the bar takes it; the rest waits."""
        till, books = self._till, self._till.books
        units, left = books.position(asset).units, reached_in_bar(self._policy, books, asset, 0.0)
        if left != units:
            till.venue.call_at(touch._replace(amount=till.amount(asset, left)))
            yield
        log_event(books.book, 0, touch.instant, asset, PROTECTIVE_EXIT, touch.price, reason)
        identity = till.begin_closing(asset, touch.instant, reason, books.exited(asset, reason))
        if left != units:
            till.note(asset, identity, reason)
        if left == 0.0:
            log_fate(books.book, identity, FILLED)
        else:
            till.orders.carry_exit(asset, identity, reason, touch.order, units, left)

    def _close(self, asset: int, reason: float) -> Iterator[None]:
        """Close a position at the bar's close, or at the last price known."""
        order = self._place(asset, "close", ExactStyle())
        self._till.venue.call(Moment.CLOSE, [order])
        yield
        fill = self._till.venue.fill
        assert fill is not None
        self._till.note_closing(asset, fill, reason)
