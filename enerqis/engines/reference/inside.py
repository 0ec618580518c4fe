"""Inside a bar where orders may rest: what comes first, a protective price or the order, and what is left of the bar after it.

The rules are those of `enerqis.engines.inside`, written a second time; zipline's own orders say which prices trigger them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from enerqis.engines.log import AT_CLOSE, AT_OPEN, FALLING, RISING, STOP_TRIGGERED, log_event
from enerqis.engines.reference.exits import Exits
from enerqis.engines.reference.filling import Filling
from enerqis.engines.reference.policy import Policy
from enerqis.engines.reference.till import Till
from enerqis.engines.reference.venue import Bar, Touch
from enerqis.engines.tape import CLOSE, HIGH, LOW, OPEN


class Inside:
    """Goes through the bars of a row, asset by asset; each yield is an event at which zipline matches what is called.

    Parameters
    ----------
    till : Till
    policy : Policy
    filling : Filling
    exits : Exits
    """

    def __init__(self, till: Till, policy: Policy, filling: Filling, exits: Exits) -> None:
        self._till = till
        self._policy = policy
        self._filling = filling
        self._exits = exits

    def go(self) -> Iterator[None]:
        """Go through every bar of the row, in the order of symbols."""
        for asset in range(len(self._till.assets)):
            if self._till.books.has_bar(asset):
                yield from self._go_through(asset)

    def _go_through(self, asset: int) -> Iterator[None]:
        """Go through one bar: a protective exit, the order that rests, an exit from what it opened."""
        bar = Bar(*(float(self._till.books.tape[column, 0, asset]) for column in (OPEN, HIGH, LOW, CLOSE)))
        ticket = self._till.orders.resting(asset)
        is_asked = ticket is not None and ticket.is_priced and ticket.met_row != self._till.books.row
        met = None if ticket is None or not is_asked else self._till.venue.slippage.meet(bar, ticket.order)
        yield from self._leave(asset, bar, met, is_whole=True)
        ticket = self._till.orders.resting(asset)
        if ticket is None:
            return
        if met is not None:
            yield from self._filling.fill_inside(ticket, met)
            yield from self._leave(asset, self._rest_of(bar, met, asset), None, is_whole=False)
        elif ticket.stop == ticket.stop and ticket.order.stop is None:
            log_event(self._till.books.book, 0, AT_CLOSE, asset, STOP_TRIGGERED, ticket.identity, ticket.stop)
            ticket.stop = float("nan")

    def _leave(self, asset: int, bar: Bar, met: Touch | None, *, is_whole: bool) -> Iterator[None]:
        """Close the position of an asset where the bar reaches a protective price before it meets the order that rests."""
        held = self._till.books.position(asset)
        if self._till.orders.is_closing(asset, held.units):
            return
        if held.units == 0.0 or (held.is_new != 0.0 and not self._policy.k.stops_on_fill_bar):
            return
        placed = dict(self._named(asset))
        orders = [order for order, _ in placed.values()]
        touch = self._till.venue.slippage.exit_in(bar, orders) if orders else None
        if touch is not None and (met is None or self._comes_first(touch, met, bar, held.units)):
            met_at = touch if is_whole else touch._replace(instant=AT_CLOSE)
            yield from self._exits.exit_at(asset, met_at, placed[touch.order.id][1])
        for order in orders:
            if order.open and not self._till.orders.is_carried(order):
                self._till.venue.withdraw(order)

    def _named(self, asset: int) -> Iterator[tuple[str, tuple[Any, float]]]:
        for order, reason in self._exits.protective_orders(asset):
            yield order.id, (order, reason)

    def _comes_first(self, touch: Touch, met: Touch, bar: Bar, units: float) -> bool:
        """Return whether a protective price comes before the order: the nearer of one way, of two ways as the spec says."""
        if touch.instant == AT_OPEN:
            return True
        ways = [FALLING if touch.price < bar.open else RISING, met.instant]
        if ways[0] == ways[1]:
            return abs(touch.price - bar.open) <= abs(met.price - bar.open)
        against = FALLING if units > 0.0 else RISING
        return (ways[0] == against) is self._policy.k.stops_first

    def _rest_of(self, bar: Bar, met: Touch, asset: int) -> Bar:
        """Return what counts of a bar after a fill inside it."""
        side = self._till.books.position(asset).units
        hurts = FALLING if side > 0.0 else RISING
        counted = {met.instant, hurts if self._policy.k.stops_first else FALLING + RISING - hurts}
        high = bar.high if RISING in counted else bar.close
        low = bar.low if FALLING in counted else bar.close
        return Bar(met.price, high, low, bar.close)
