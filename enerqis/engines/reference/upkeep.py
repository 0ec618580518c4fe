"""What holding costs: cash and positions over the two spans of a row, booked to zipline's cash."""

from __future__ import annotations

from enerqis.engines.book import CARRY, MARK
from enerqis.engines.holding import settlement_hours, spans
from enerqis.engines.log import AT_CLOSE, AT_OPEN, FUNDING, log_event
from enerqis.engines.reference.policy import Policy
from enerqis.engines.reference.till import Till
from enerqis.engines.tape import CLOSE
from enerqis.interfaces.engine import Job


class Upkeep:
    """Pays the job's carry.

    Parameters
    ----------
    job : Job
    till : Till
    policy : Policy
    """

    def __init__(self, job: Job, till: Till, policy: Policy) -> None:
        self._till = till
        self._policy = policy
        self._spans = spans(job.panel, settlement_hours(job), job.rows.first)

    def pay_before(self, row: int) -> None:
        """Pay for the time from the close before to the row's open, at the last prices."""
        self._pay(float(self._spans.days_before[row]), float(self._spans.settled_before[row]), AT_OPEN)

    def pay_inside(self, row: int) -> None:
        """Pay for the time from the row's open to its close, at its closes."""
        self._pay(float(self._spans.days_inside[row]), float(self._spans.settled_inside[row]), AT_CLOSE)

    def _pay(self, days: float, settlements: float, instant: float) -> None:
        if not self._policy.k.carries:
            return
        books, plugs = self._till.books, self._policy.plugs
        paid = plugs.cash_cost_of(None, None, self._till.cash(), days)
        for asset in books.held():
            notional = books.position(asset).units * abs(self._price(asset, instant)) * books.multiplier
            cost = plugs.holding_cost_of(None, None, notional, days, settlements)
            paid += cost
            if settlements > 0.0 and cost != 0.0:
                log_event(books.book, 0, instant, asset, FUNDING, settlements, cost)
        books.book.account[CARRY] += paid
        self._till.tracker._ledger._cash_flow(-paid)

    def _price(self, asset: int, instant: float) -> float:
        """Return the row's close once it is known, else the last one."""
        books = self._till.books
        if instant == AT_CLOSE and books.has_bar(asset):
            return float(books.tape[CLOSE, 0, asset])
        return float(books.book.assets[asset, MARK])
