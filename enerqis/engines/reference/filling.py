"""Orders that a row answers: in which sequence they fill, and how many units each is when its turn comes."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator

from enerqis.engines.book import Row
from enerqis.engines.log import AT_CLOSE, AT_OPEN, FILLED, ORDER_REDUCED, log_event
from enerqis.engines.protection import side_of
from enerqis.engines.reference.orders import Ticket
from enerqis.engines.reference.policy import Policy, reached_in_bar
from enerqis.engines.reference.till import Till
from enerqis.engines.reference.venue import Moment, Touch
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

    def arrive(self) -> None:
        """Let the orders that are due reach the market: what rests there makes room, one with a price rests from now on."""
        books, orders = self._till.books, self._till.orders
        for ticket in self._answerable():
            if not ticket.is_beside and ticket.exact_units is None:
                orders.make_room(ticket.asset)
            if not ticket.is_priced:
                continue
            price = ticket.named_price
            own = self._own_worth(books.worth(self._till.cash(), OPEN)[0], ticket.asset, price, OPEN)
            delta = self._delta(ticket, price, own)
            ticket.side = side_of(delta)
            ticket.order.amount = delta * books.multiplier
            if ticket.side == 0.0:
                self._leave_out(ticket, AT_OPEN)
                self._forget(ticket, True)

    def fill_due(self, moment: Moment) -> Iterator[None]:
        """Call the orders that this row answers, sells first where the spec says so, each sized just before it fills."""
        books = self._till.books
        column = OPEN if moment is Moment.OPEN else CLOSE
        is_called = self._policy.k.fills_at_open or moment is Moment.CLOSE
        due = [*self._answerable(), *self._till.orders.left()] if is_called else []
        if moment is Moment.OPEN:
            due += self._met_at_open()
        if not due:
            return
        due.sort(key=lambda ticket: ticket.asset)
        worth = books.worth(self._till.cash(), column)[0]
        for is_selling in (True, False) if self._policy.k.sells_first else (False,):
            for ticket in list(due):
                price = float(books.tape[column, 0, ticket.asset])
                own = self._own_worth(worth, ticket.asset, price, column)
                if is_selling and self._delta(ticket, price, own) >= 0.0:
                    continue
                due.remove(ticket)
                before = abs(books.position(ticket.asset).units)
                cost = yield from self._fill(ticket, self._touch(ticket, moment, price), own)
                change = (abs(books.position(ticket.asset).units) - before) * abs(price) * books.multiplier
                worth = Row(worth.equity - cost, worth.gross + change)

    def fill_inside(self, ticket: Ticket, touch: Touch) -> Iterator[None]:
        """Call an order that rests, at the price where the bar meets it."""
        worth = self._till.books.worth(self._till.cash(), OPEN)[0]
        yield from self._fill(ticket, touch, self._own_worth(worth, ticket.asset, touch.price, OPEN))

    def _met_at_open(self) -> list[Ticket]:
        """Return the orders that rest and whose price the open of their bar is."""
        books, slippage = self._till.books, self._till.venue.slippage
        return [
            ticket
            for ticket in self._till.orders.all()
            if ticket.is_resting
            and ticket.is_priced
            and books.has_bar(ticket.asset)
            and slippage.is_filled_at(ticket.order, float(books.tape[OPEN, 0, ticket.asset]))
        ]

    def _touch(self, ticket: Ticket, moment: Moment, price: float) -> Touch:
        return Touch(ticket.order, price, AT_OPEN if moment is Moment.OPEN else AT_CLOSE, ticket.limit)

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
        mark = books.mark_at_fill(asset, column)
        moved = units * (price - mark) * books.multiplier
        grown = abs(units) * (abs(price) - abs(mark)) * books.multiplier
        return Row(worth.equity + moved, worth.gross + grown) if moved != 0.0 else worth

    def _delta(self, ticket: Ticket, price: float, worth: Row) -> float:
        """Return the units that an order would trade at `price`, cash apart."""
        k, units = self._policy.k, self._till.books.position(ticket.asset).units
        if ticket.exact_units is not None:
            return ticket.exact_units
        wanted = ticket.wanted
        if (k.sizes_at_fill and not ticket.is_sized) or ticket.target == 0.0:
            market = self._till.books.market(ticket.asset)
            wanted = self._policy.units_for(k, self._policy.n, ticket.target, worth.equity, price, units, market)
        delta = wanted - units
        return 0.0 if delta * ticket.side < 0.0 else delta  # an order in the market never changes sides

    def _fill(self, ticket: Ticket, touch: Touch, worth: Row) -> Generator[None, None, float]:
        """Size one order and call it; return what the fill cost."""
        orders, price, instant = self._till.orders, touch.price, touch.instant
        units, was_priced = self._till.books.position(ticket.asset).units, ticket.is_priced
        asked = units + self._delta(ticket, price, worth)
        wanted = reached_in_bar(self._policy, self._till.books, ticket.asset, asked)
        if wanted == units != asked:
            self._carry_on(ticket, instant, asked, units, units, was_priced)
            return 0.0
        payable = self._payable(ticket, asked, wanted, price, instant, worth)
        if payable == units:
            if wanted != units:
                orders.reject(ticket, instant, asked - units)
            else:
                self._leave_out(ticket, instant)
            self._forget(ticket, was_priced)
            return 0.0
        amount = self._till.amount(ticket.asset, payable)
        is_done = wanted == asked or payable != wanted
        ticket.order.amount = ticket.order.filled + (amount if is_done else self._till.amount(ticket.asset, asked))
        self._till.venue.call_at(touch._replace(amount=amount))
        yield
        cost = self._till.note(ticket.asset, ticket.identity, ticket.reason)
        if is_done:
            orders.settle(ticket, FILLED)
            self._forget(ticket, was_priced)
        else:
            self._carry_on(ticket, instant, asked, wanted, units, was_priced)
        return cost

    def _carry_on(
        self, ticket: Ticket, instant: float, asked: float, now: float, before: float, was_priced: bool
    ) -> None:
        """Let what the bar does not take of an order wait for the next one; `asked` units are to be held, `now` are."""
        orders, was_resting = self._till.orders, ticket.is_resting
        ticket.wanted, ticket.is_sized, ticket.met_row = asked, True, self._till.books.row
        ticket.side = side_of(asked - before)
        ticket.is_filled_in_part |= now != before
        ticket.stop, ticket.order.stop = math.nan, None
        if ticket.exact_units is not None:
            ticket.exact_units = asked - now
        elif not was_resting and orders.has_another(ticket):
            orders.withdraw(ticket, instant)
        if not ticket.is_priced:
            self._forget(ticket, was_priced)

    def _leave_out(self, ticket: Ticket, instant: float) -> None:
        """Take an order that finds nothing to trade off the book; one of less than a lot is refused."""
        if self._till.books.position(ticket.asset).units == 0.0 and ticket.target != 0.0:
            self._till.orders.reject(ticket, instant, 0.0)
        else:
            self._till.orders.drop(ticket)

    def _forget(self, ticket: Ticket, was_priced: bool) -> None:
        """Forget the prices of an order that waits for them no more, unless they are those of one that follows."""
        if was_priced and self._till.orders.is_last_word(ticket):
            self._till.books.forget_prices(ticket.asset)

    def _payable(self, ticket: Ticket, asked: float, wanted: float, price: float, instant: float, worth: Row) -> float:
        """Return the units that cash and margin pay of those `wanted`, a part of `asked`; those held where that is refused."""
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
            log_event(books.book, 0, instant, ticket.asset, ORDER_REDUCED, ticket.identity, asked - payable)
        return payable
