"""The desk between the strategy and zipline: row by row, what is called to the market, and what the strategy is asked.

The order of events in a row is that of `enerqis.engines.loop`, written a second time. zipline keeps the orders, fills them and
keeps cash and positions; strategy, limits and sizing are the portable functions that the kernel runs too.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np

from enerqis.core.errors import StageError
from enerqis.engines.book import FAULT_ASSET, FAULT_FIELD, FAULT_ROW, FIRST_ROW, Row, standing_of
from enerqis.engines.configuration import calls_of
from enerqis.engines.deciding import FAULTS
from enerqis.engines.log import (
    AT_CLOSE,
    AT_OPEN,
    DELISTED,
    DELISTING,
    DIVIDEND_EVENT,
    EQUITY_LIMIT,
    FILLED,
    LAST_BAR,
    ORDER_REDUCED,
    PROTECTIVE_EXIT,
    SPLIT_EVENT,
    log_event,
    log_fate,
    log_fill,
    log_order,
)
from enerqis.engines.protection import side_of
from enerqis.engines.reference.books import DELISTED_NOW, LAST_ROW, Books
from enerqis.engines.reference.dividends import Dividends
from enerqis.engines.reference.orders import Orders, Ticket
from enerqis.engines.reference.policy import Policy, commission_charged, price_paid
from enerqis.engines.reference.stepping import Stepper
from enerqis.engines.reference.venue import BarCommission, BarSlippage, ExactStyle, Fill, Moment, Venue
from enerqis.engines.tape import CLOSE, ENDS, OPEN
from enerqis.engines.trading import new_identity
from enerqis.interfaces.engine import Job


class Desk:
    """One run of one job inside a zipline simulation.

    Parameters
    ----------
    job : Job
    assets : list of zipline assets
        In the order of the panel's columns.
    reasons : tuple of str
        Names of the reason codes.
    """

    def __init__(self, job: Job, assets: list[Any], reasons: tuple[str, ...]) -> None:
        execution = job.execution
        self.job = job
        self.assets = assets
        self.multiplier = execution.contract_multiplier
        self.books = Books(job.panel, latency_bars=execution.latency_bars, multiplier=self.multiplier, reasons=reasons)
        self.policy = Policy(job, self._ask, self._is_waiting)
        self.venue = Venue(
            BarSlippage(price_paid(self.policy), stops_first=self.policy.k.stops_first),
            BarCommission(commission_charged(self.policy), self.multiplier),
        )
        self.orders = Orders(self.venue, self.books, assets, execution.latency_bars)
        self.dividends = Dividends(job.panel, assets)
        self.has_actions = ((job.panel.split_factor != 1.0) | (job.panel.dividend != 0.0)).any(axis=1)
        self.stepper = Stepper(job.panel, calls_of(job))
        self.tracker: Any = None
        self.is_asking = False
        self.equity = self.peak = self.session_equity = execution.initial_cash
        self.scale = 1.0
        self.latch = self.latch_reason = 0.0

    def trade(self, row: int) -> Iterator[None]:
        """Go through one row; at each yield zipline matches what is called, the last one asks the strategy."""
        self.books.turn_to(row)
        k = self.policy.k
        if self.has_actions[row]:
            self._take_actions()
        self._begin_session()
        if k.fills_at_open:
            yield from self._fill_due(Moment.OPEN)
        if k.limits_stop or k.limits_profit or k.speaks_prices:
            yield from self._protect()
        self.books.age()
        if not k.fills_at_open:
            yield from self._fill_due(Moment.CLOSE)
        yield from self._close_out()
        self.books.mark()
        self.is_asking = True
        yield
        self.is_asking = False
        self.books.turn_over()

    def answer(self) -> None:
        """Mark the account, let the limits on equity speak, ask the strategy: zipline's ``handle_data`` at a row's close."""
        if not self.is_asking:
            return
        books, k, n = self.books, self.policy.k, self.policy.n
        cash = self._cash()
        worth, net = books.worth(cash)
        self.equity = np.float64(worth.equity)
        self.peak = max(self.peak, self.equity)
        gross_exposure, net_exposure = worth.gross / self.equity, net / self.equity
        books.write_equity(self.equity, cash, gross_exposure, net_exposure)
        self.policy.show_positions(k, books.tape, 0, None, books.book)
        brake = self._brake()
        books.book.account[FIRST_ROW] = books.row
        values = self.stepper.step(books.row)
        if k.cross_sectional:
            self.policy.listen_across(k, n, books.tape, 0, values, None, None, self.equity, books.book, books.cross)
        else:
            self.policy.listen(k, n, books.tape, 0, values, None, None, self.equity, books.book)
        self.policy.settle_book(k, n, books.tape, 0, brake, self.equity, gross_exposure, net_exposure, books.book)
        books.book.account[FIRST_ROW] = 0.0
        self._raise_fault()

    def _ask(
        self, k: Any, n: Any, t: int, a: int, target: float, reason: float, wanted: float, units: float, book: Any
    ) -> None:
        """Take what the limits leave of a decision: in the place of `trading.ask`."""
        self.orders.ask(a, target, reason, wanted, units)

    def _is_waiting(self, k: Any, n: Any, a: int, book: Any) -> bool:
        """Return whether an order is in flight for the asset: in the place of `trading.is_waiting`."""
        return bool(self.orders.of(a))

    def _brake(self) -> Any:
        """Return what the limits on equity say, and note a change."""
        brake = self.policy.braked(
            self.policy.k,
            self.policy.n,
            self.equity,
            self.peak,
            self.session_equity,
            self.latch,
            self.latch_reason,
        )
        if brake.factor != self.scale:
            log_event(self.books.book, 0, AT_CLOSE, -1, EQUITY_LIMIT, brake.factor, brake.reason)
        self.scale = brake.factor
        if brake.latch != 0.0:
            self.latch, self.latch_reason = brake.latch, brake.reason
        return brake

    def _begin_session(self) -> None:
        """At a session's first row, remember its equity and end what a limit stopped for the session before."""
        session, row = self.job.panel.session, self.books.row
        if self.policy.k.limits_equity and row > 0 and session[row] != session[row - 1]:
            self.session_equity = self.equity
            if self.latch == 1.0:
                self.latch = 0.0

    def _take_actions(self) -> None:
        """Apply splits, then dividends, at the row's open.

        zipline would cut a split position to whole shares, pay cents for the rest and round its basis; here its ledger is told
        the exact units. Dividends are earned and paid by its ledger.
        """
        panel, row = self.job.panel, self.books.row
        for asset in np.flatnonzero(panel.split_factor[row] != 1.0).tolist():
            self._split(asset, float(panel.split_factor[row, asset]))
        if (panel.dividend[row] != 0.0).any():
            self._pay_dividends()

    def _split(self, asset: int, factor: float) -> None:
        held = self.books.split(asset, factor)
        self.orders.split(asset, factor)
        position = self.tracker.positions.get(self.assets[asset])
        if position is not None:
            self.tracker.update_position(
                self.assets[asset],
                amount=position.amount * factor,
                last_sale_price=position.last_sale_price / factor,
                cost_basis=position.cost_basis / factor,
            )
            log_event(self.books.book, 0, AT_OPEN, asset, SPLIT_EVENT, factor, held.units)

    def _pay_dividends(self) -> None:
        row = self.books.row
        self.tracker._ledger.process_dividends(row, None, self.dividends)
        for asset in self.books.held():
            dividend = float(self.job.panel.dividend[row, asset])
            if dividend != 0.0:
                paid = self.books.position(asset).units * dividend * self.multiplier
                log_event(self.books.book, 0, AT_OPEN, asset, DIVIDEND_EVENT, dividend, paid)

    def _fill_due(self, moment: Moment) -> Iterator[None]:
        """Call the orders that this row answers, sells first where the spec says so, each sized just before it fills."""
        column = OPEN if moment is Moment.OPEN else CLOSE
        due = self._answerable()
        if not due:
            return
        worth = self.books.worth(self._cash(), column)[0]
        for is_selling in (True, False) if self.policy.k.sells_first else (False,):
            for ticket in list(due):
                price = float(self.books.tape[column, 0, ticket.asset])
                own = self._own_worth(worth, ticket.asset, price, column)
                if is_selling and self._delta(ticket, price, own) >= 0.0:
                    continue
                due.remove(ticket)
                before = abs(self.books.position(ticket.asset).units)
                cost = yield from self._fill(ticket, moment, price, own)
                change = (abs(self.books.position(ticket.asset).units) - before) * price * self.multiplier
                worth = Row(worth.equity - cost, worth.gross + change)

    def _answerable(self) -> list[Ticket]:
        """Return the due orders whose bar opened no earlier than they were decided; the others wait for one bar more."""
        answered = []
        for ticket in self.orders.due():
            if self.job.panel.ts_open[self.books.row, ticket.asset] >= ticket.decided_at:
                answered.append(ticket)
            else:
                self.orders.postpone(ticket)
        return answered

    def _own_worth(self, worth: Row, asset: int, price: float, column: int) -> Row:
        """Return the account at an asset's fill: it may open later than the row, at another price than it was marked at."""
        units = self.books.position(asset).units
        moved = units * (price - self.books.mark_at_fill(asset, column)) * self.multiplier
        return Row(worth.equity + moved, worth.gross + moved * side_of(units)) if moved != 0.0 else worth

    def _delta(self, ticket: Ticket, price: float, worth: Row) -> float:
        """Return the units that an order would trade at `price`, cash apart."""
        k, units = self.policy.k, self.books.position(ticket.asset).units
        if not k.sizes_at_fill and ticket.target != 0.0:
            return ticket.wanted - units
        wanted: float = self.policy.units_for(k, self.policy.n, ticket.target, worth.equity, price, units)
        return wanted - units

    def _payable(self, ticket: Ticket, wanted: float, price: float, instant: float, worth: Row) -> float:
        """Return the units that cash and margin pay; those held where that is refused."""
        k, n, units = self.policy.k, self.policy.n, self.books.position(ticket.asset).units
        if not (k.reduces_shortfall or k.rejects_shortfall):
            return wanted
        if self.policy.is_payable(k, n, wanted, units, price, worth):
            return wanted
        payable: float = self.policy.payable_units(k, n, wanted, units, price, worth) if k.reduces_shortfall else units
        if payable == units:
            self.orders.reject(ticket, instant, wanted - units)
        else:
            log_event(self.books.book, 0, instant, ticket.asset, ORDER_REDUCED, ticket.identity, wanted - payable)
        return payable

    def _fill(self, ticket: Ticket, moment: Moment, price: float, worth: Row) -> Generator[None, None, float]:
        """Size one order and call it; return what the fill cost."""
        instant = AT_OPEN if moment is Moment.OPEN else AT_CLOSE
        units = self.books.position(ticket.asset).units
        wanted = units + self._delta(ticket, price, worth) if ticket.target != 0.0 else 0.0
        wanted = self._payable(ticket, wanted, price, instant, worth)
        if ticket not in self.orders:
            return 0.0
        if wanted == units:
            if units == 0.0 and ticket.target != 0.0:
                self.orders.reject(ticket, instant, 0.0)
            else:
                self.orders.drop(ticket)
            return 0.0
        ticket.order.amount = self._amount(ticket.asset, wanted)
        self.venue.call(moment, [ticket.order])
        yield
        cost = self._book(ticket.asset, self.venue.fill, ticket.identity, ticket.reason)
        self.orders.settle(ticket, FILLED)
        return cost

    def _amount(self, asset: int, wanted: float) -> float:
        """Return the zipline units from what its ledger holds to `wanted` units."""
        position = self.tracker.positions.get(self.assets[asset])
        return wanted * self.multiplier - float(position.amount if position is not None else 0.0)

    def _book(self, asset: int, fill: Fill | None, identity: float, reason: float) -> float:
        """Note a fill and what it leaves of the position; return its commission and slippage."""
        if fill is None:
            raise RuntimeError(f"zipline did not fill the order called for {self.assets[asset].symbol}")
        delta = fill.transaction.amount / self.multiplier
        paid = fill.transaction.price
        slippage = abs(delta) * (paid - fill.price) * side_of(delta) * self.multiplier
        log_fill(self.books.book, 0, fill.instant, asset, delta, paid, fill.commission, slippage, identity, reason)
        position = self.tracker.positions.get(self.assets[asset])
        units = position.amount / self.multiplier if position is not None else 0.0
        self.books.filled(asset, delta, paid, fill.instant, units)
        return float(fill.commission + slippage)

    def _protect(self) -> Iterator[None]:
        """Let the protective orders of each position wait for one bar: a stop and a limit order, one cancels the other."""
        k, books = self.policy.k, self.books
        resting: dict[int, dict[str, float]] = {}
        orders = []
        for asset in books.held():
            held = books.position(asset)
            if not books.has_bar(asset) or (held.is_new != 0.0 and not k.stops_on_fill_bar):
                continue
            resting[asset] = {}
            for order, reason in self._protective_orders(asset):
                resting[asset][order.id] = reason
                orders.append(order)
        self.venue.call(Moment.INSIDE, orders)
        while self.venue.is_calling:
            yield
            if self.venue.fill is not None:
                self._book_exit(self.venue.fill, resting)
        for order in orders:
            if order.open:
                self.venue.withdraw(order)

    def _protective_orders(self, asset: int) -> Iterator[tuple[Any, float]]:
        """Yield the zipline orders that protect a position in this bar, with the reason of each."""
        k, n, books = self.policy.k, self.policy.n, self.books
        held, standing = books.position(asset), standing_of(books.book, asset)
        side, factor = side_of(held.units), books.factor(asset)
        stop = self.policy.stop_of(k, n, standing, held, side, factor)
        profit = self.policy.profit_of(k, n, standing, held, side, factor)
        amount, name = self._amount(asset, 0.0), f"{books.row}-{asset}"
        if not math.isnan(stop.price):
            yield self.orders.place(asset, f"{name}-stop", amount, ExactStyle(stop=stop.price)), stop.reason
        if not math.isnan(profit.price):
            yield self.orders.place(asset, f"{name}-profit", amount, ExactStyle(limit=profit.price)), profit.reason

    def _book_exit(self, fill: Fill, resting: dict[int, dict[str, float]]) -> None:
        asset = int(fill.transaction.asset)
        reason = resting[asset][fill.transaction.order_id]
        log_event(self.books.book, 0, fill.instant, asset, PROTECTIVE_EXIT, fill.price, reason)
        self._book_closing(asset, fill, reason, kept=self.books.exited(asset, reason))

    def _book_closing(self, asset: int, fill: Fill | None, reason: float, kept: float = 0.0) -> None:
        """Note a position that the engine itself closed; orders in flight are withdrawn but those of side `kept`."""
        assert fill is not None
        self.orders.cancel(asset, kept=kept)
        book = self.books.book
        identity = new_identity(book)
        log_order(book, 0, fill.instant, asset, identity, -self.books.position(asset).units, 0.0, reason)
        self._book(asset, fill, identity, reason)
        log_fate(book, identity, FILLED)

    def _close_out(self) -> Iterator[None]:
        """Close what is delisted with this row, and everything at the last row where the spec says so."""
        ends = self.books.tape[ENDS, 0]
        for asset in range(len(self.assets)):
            is_delisted = ends[asset] == DELISTED_NOW
            if not is_delisted and not (self.policy.k.closes_last and ends[asset] == LAST_ROW):
                continue
            units = self.books.position(asset).units
            if is_delisted:
                self.orders.cancel(asset)
                close = self.books.tape[CLOSE, 0, asset]
                log_event(self.books.book, 0, AT_CLOSE, asset, DELISTING, close, units)
            if units != 0.0:
                order = self.orders.place(
                    asset, f"{self.books.row}-{asset}-close", self._amount(asset, 0.0), ExactStyle()
                )
                self.venue.call(Moment.CLOSE, [order])
                yield
                self._book_closing(asset, self.venue.fill, DELISTED if is_delisted else LAST_BAR)

    def _cash(self) -> float:
        """Return the cash of zipline's ledger."""
        return float(self.tracker.portfolio.cash)

    def _raise_fault(self) -> None:
        """Stop at a decision that cannot be traded."""
        account, panel = self.books.book.account, self.job.panel
        if account[FAULT_ROW] < 0.0:
            return
        row, asset, field = (int(account[column]) for column in (FAULT_ROW, FAULT_ASSET, FAULT_FIELD))
        where = f"{panel.symbols[asset]}, bar closing at {np.datetime64(int(panel.ts[row]), 'ns')} UTC"
        strategy = self.job.strategy.module.__name__.rpartition(".")[2]
        if FAULTS[field] == "target":
            what = "must be a finite exposure of at most a million"
        else:
            what = "limit and stop entries are not supported by the engine zipline; leave it NaN"
        raise StageError(f"strategy {strategy}: {where}: the decision's '{FAULTS[field]}' {what}")
