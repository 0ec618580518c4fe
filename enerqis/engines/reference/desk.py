"""The desk between the strategy and zipline: row by row, what is called to the market, and when the strategy is asked.

The order of events in a row is that of `enerqis.engines.loop`, written a second time. zipline keeps the orders, fills them and
keeps cash and positions; strategy, limits and sizing are the portable functions that the kernel runs too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from enerqis.engines.book import LATCH, Brake, Marked, Watch, Wish
from enerqis.engines.latency import delays
from enerqis.engines.reference.actions import Actions
from enerqis.engines.reference.books import Books
from enerqis.engines.reference.exits import Exits
from enerqis.engines.reference.filling import Filling
from enerqis.engines.reference.inside import Inside
from enerqis.engines.reference.orders import Orders
from enerqis.engines.reference.policy import Policy, commission_charged, price_paid
from enerqis.engines.reference.till import Till
from enerqis.engines.reference.upkeep import Upkeep
from enerqis.engines.reference.venue import BarCommission, BarSlippage, Moment, Venue
from enerqis.engines.sizing import exposed
from enerqis.interfaces.engine import Job


class Closing(NamedTuple):
    """A row's close: the account there, and what the limits on equity say."""

    marked: Marked
    brake: Brake

    @property
    def equity(self) -> float:
        """Equity, in the account's currency."""
        return self.marked.equity

    @property
    def gross_exposure(self) -> float:
        """Gross notional held, as a fraction of equity."""
        return exposed(self.marked.gross, self.marked.equity)

    @property
    def net_exposure(self) -> float:
        """Net notional held, as a fraction of equity."""
        return exposed(self.marked.net, self.marked.equity)


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
        multiplier = execution.contract_multiplier
        self.job = job
        self.policy = Policy(job, self._ask, self._is_waiting, self._is_working, self._is_growing)
        self.books = Books(job, reasons=reasons, k=self.policy.k)
        self.venue = Venue(
            BarSlippage(
                price_paid(self.policy, self.books),
                multiplier,
                stops_first=self.policy.k.stops_first,
                fills_on_touch=self.policy.k.fills_on_touch,
            ),
            BarCommission(commission_charged(self.policy), multiplier),
        )
        self.orders = Orders(self.venue, self.books, assets, delays(job))
        self.till = Till(self.books, self.venue, self.orders, assets)
        self._actions = Actions(job.panel, self.till)
        self._filling = Filling(job.panel, self.till, self.policy)
        self._exits = Exits(self.till, self.policy)
        self._inside = Inside(self.till, self.policy, self._filling, self._exits)
        self._upkeep = Upkeep(job, self.till, self.policy)
        self.is_asking = False
        self._equity = self._peak = self._session_equity = execution.initial_cash

    def trade(self, row: int) -> Iterator[None]:
        """Go through one row; at each yield zipline matches what is called, at the last one the strategy is asked."""
        self.books.turn_to(row)
        self._upkeep.pay_before(row)
        self._actions.take(row)
        self._begin_session()
        if self.policy.k.rests:
            self._filling.arrive()
        if self.policy.k.fills_at_open or self.policy.k.rests:
            yield from self._filling.fill_due(Moment.OPEN)
        yield from self._inside.go() if self.policy.k.rests else self._exits.protect()
        self.books.age()
        self._upkeep.pay_inside(row)
        if not self.policy.k.fills_at_open:
            yield from self._filling.fill_due(Moment.CLOSE)
        yield from self._exits.close_out()
        self.books.mark()
        self.is_asking = True
        yield
        self.is_asking = False
        self.books.turn_over()

    def mark(self) -> Closing:
        """Mark the account at the row's close, write it down, and let the limits on equity speak."""
        cash = self.till.cash()
        worth, net = self.books.worth(cash)
        equity = np.float64(worth.equity)
        self._equity = equity
        self._peak = max(self._peak, equity)
        gross_exposure, net_exposure = exposed(worth.gross, equity), exposed(net, equity)
        self.books.write_equity(equity, cash, gross_exposure, net_exposure)
        self.policy.show_positions(self.policy.k, self.books.tape, 0, None, self.books.book)
        return Closing(Marked(equity, worth.gross, net), self._brake(worth.gross))

    def _ask(self, k: Any, n: Any, t: int, a: int, wish: Wish, units: float, book: Any) -> None:
        """Take what the limits leave of a decision: in the place of `trading.ask`."""
        self.orders.ask(a, wish, units)

    def _is_waiting(self, k: Any, n: Any, a: int, book: Any) -> bool:
        """Return whether an order at the market is in flight for the asset: in the place of `trading.is_waiting`."""
        return self.orders.is_waiting(a)

    def _is_working(self, k: Any, n: Any, a: int, book: Any) -> bool:
        """Return whether an order of the asset waits for its price: in the place of `trading.is_working`."""
        return self.orders.is_working(a)

    def _is_growing(self, k: Any, n: Any, a: int, units: float, book: Any) -> bool:
        """Return whether what is left of an order adds to the position: in the place of `trading.is_growing`."""
        return self.orders.is_growing(a, units)

    def _brake(self, gross: float) -> Brake:
        """Return what the limits on equity say; the portable function notes a change and keeps what latches."""
        watch = Watch(self._equity, self._peak, self._session_equity, math.inf)
        brake: Brake = self.policy.braked(self.policy.k, self.policy.n, 0, watch, gross, self.books.book)
        return brake

    def _begin_session(self) -> None:
        """At a session's first row, remember its equity and end what a limit stopped for the session before."""
        session, row = self.job.panel.session, self.books.row
        if self.policy.k.limits_equity and row > 0 and session[row] != session[row - 1]:
            self._session_equity = self._equity
            if self.books.book.account[LATCH] == 1.0:
                self.books.book.account[LATCH] = 0.0
