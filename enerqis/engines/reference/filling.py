"""Orders that a row answers: in which sequence they fill, and how many units each is when its turn comes."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from enerqis.engines.book import Row
from enerqis.engines.log import AT_CLOSE, AT_OPEN, FILLED, ORDER_REDUCED, log_event
from enerqis.engines.protection import side_of
from enerqis.engines.reference.orders import Ticket
from enerqis.engines.reference.policy import Policy
from enerqis.engines.reference.till import Till
from enerqis.engines.reference.venue import Moment
from enerqis.engines.tape import CLOSE, OPEN
from enerqis.interfaces.engine import Panel


class Filling:
    """Fills the orders in flight; each yield is an event at which zipline matches the one that is called.

    Parameters
    ----------
    panel : Panel
    till : Till
    policy : Policy
    """

    def __init__(self, panel: Panel, till: Till, policy: Policy) -> None:
        self._panel = panel
        self._till = till
        self._policy = policy

    def fill_due(self, moment: Moment) -> Iterator[None]:
        """Call the orders that this row answers, sells first where the spec says so, each sized just before it fills."""
        books = self._till.books
        column = OPEN if moment is Moment.OPEN else CLOSE
        due = self._answerable()
        if not due:
            return
        worth = books.worth(self._till.cash(), column)[0]
        for is_selling in (True, False) if self._policy.k.sells_first else (False,):
            for ticket in list(due):
                price = float(books.tape[column, 0, ticket.asset])
                own = self._own_worth(worth, ticket.asset, price, column)
                if is_selling and self._delta(ticket, price, own) >= 0.0:
                    continue
                due.remove(ticket)
                before = abs(books.position(ticket.asset).units)
                cost = yield from self._fill(ticket, moment, price, own)
                change = (abs(books.position(ticket.asset).units) - before) * price * books.multiplier
                worth = Row(worth.equity - cost, worth.gross + change)

    def _answerable(self) -> list[Ticket]:
        """Return the due orders whose bar opened no earlier than they were decided; the others wait for one bar more."""
        answered = []
        for ticket in self._till.orders.due():
            if self._panel.ts_open[self._till.books.row, ticket.asset] >= ticket.decided_at:
                answered.append(ticket)
            else:
                self._till.orders.postpone(ticket)
        return answered

    def _own_worth(self, worth: Row, asset: int, price: float, column: int) -> Row:
        """Return the account at an asset's fill: it may open later than the row, at another price than it was marked at."""
        books = self._till.books
        units = books.position(asset).units
        moved = units * (price - books.mark_at_fill(asset, column)) * books.multiplier
        return Row(worth.equity + moved, worth.gross + moved * side_of(units)) if moved != 0.0 else worth

    def _delta(self, ticket: Ticket, price: float, worth: Row) -> float:
        """Return the units that an order would trade at `price`, cash apart."""
        k, units = self._policy.k, self._till.books.position(ticket.asset).units
        if ticket.exact_units is not None:
            return ticket.exact_units
        if not k.sizes_at_fill and ticket.target != 0.0:
            return ticket.wanted - units
        market = self._till.books.market(ticket.asset)
        wanted: float = self._policy.units_for(k, self._policy.n, ticket.target, worth.equity, price, units, market)
        return wanted - units

    def _fill(self, ticket: Ticket, moment: Moment, price: float, worth: Row) -> Generator[None, None, float]:
        """Size one order and call it; return what the fill cost."""
        orders = self._till.orders
        instant = AT_OPEN if moment is Moment.OPEN else AT_CLOSE
        units = self._till.books.position(ticket.asset).units
        closes = ticket.target == 0.0 and ticket.exact_units is None
        wanted = 0.0 if closes else units + self._delta(ticket, price, worth)
        payable = self._payable(ticket, wanted, price, instant, worth)
        if payable == units:
            if wanted != units:
                orders.reject(ticket, instant, wanted - units)
            elif units == 0.0 and ticket.target != 0.0:
                orders.reject(ticket, instant, 0.0)
            else:
                orders.drop(ticket)
            return 0.0
        ticket.order.amount = self._till.amount(ticket.asset, payable)
        self._till.venue.call(moment, [ticket.order])
        yield
        cost = self._till.note(ticket.asset, ticket.identity, ticket.reason)
        orders.settle(ticket, FILLED)
        return cost

    def _payable(self, ticket: Ticket, wanted: float, price: float, instant: float, worth: Row) -> float:
        """Return the units that cash and margin pay; those held where that is refused."""
        k, n, books = self._policy.k, self._policy.n, self._till.books
        units, market = books.position(ticket.asset).units, books.market(ticket.asset)
        if not (k.reduces_shortfall or k.rejects_shortfall):
            return wanted
        if self._policy.is_payable(k, n, wanted, units, price, worth, market):
            return wanted
        payable: float = units
        if k.reduces_shortfall:
            payable = self._policy.payable_units(k, n, wanted, units, price, worth, market)
        if payable != units:
            log_event(books.book, 0, instant, ticket.asset, ORDER_REDUCED, ticket.identity, wanted - payable)
        return payable
