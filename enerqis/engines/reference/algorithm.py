"""A plain zipline algorithm in the strategy's place: its own ``initialize`` and ``handle_data``, its orders under our limits.

Its orders are those it writes, in units; they fill, cost, and are paid as the execution and cost specs say. A limit cuts an
order that would lead beyond it, closes what it must close, and never stands in the way of a smaller position.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

from zipline.finance.execution import MarketOrder
from zipline.finance.order import ORDER_STATUS

from enerqis.core.errors import StageError
from enerqis.engines import hearing, hooks, sizing
from enerqis.engines.book import MARK, Wish
from enerqis.engines.log import AT_CLOSE, CANCELLED, LIMIT_EXIT, TARGET_LIMITED, log_event
from enerqis.engines.reference.desk import Closing, Desk
from enerqis.interfaces.strategy import is_algorithm


class AlgorithmSeat:
    """An algorithm's seat: limits that close come first, then its events run, and each of its orders is bounded.

    Parameters
    ----------
    desk : Desk
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._marked: Closing | None = None
        binder = desk.policy.binder
        self._allowed = binder.bind(hearing.allowed)
        self._book_scale = binder.bind(hooks.book_scale)
        self._held_scale = binder.bind(hooks.held_scale)
        self._exit_reason = binder.bind(hooks.exit_reason)
        self._whole_lots = binder.bind(sizing.whole_lots)
        desk.venue.on_order = self.order

    def answer(self, run_events: Callable[[], None]) -> None:
        """Close what limits close, then let the algorithm speak."""
        self._marked = self._desk.mark()
        self._close_for_limits(self._marked)
        run_events()
        for ticket in self._desk.orders.all():
            if ticket.order.status == ORDER_STATUS.CANCELLED:  # by the algorithm itself
                self._desk.orders.settle(ticket, CANCELLED)

    def order(self, asset: Any, amount: float, style: Any) -> str | None:
        """Take an order of the algorithm: what zipline's ``order`` functions end in.

        Raises
        ------
        StageError
            If it is no market order.
        """
        if not isinstance(style, MarketOrder):
            raise StageError(
                f"strategy {self._desk.job.strategy.module.__name__.rpartition('.')[2]}: {type(style).__name__}: limit and "
                "stop orders of an algorithm are not supported. Allowed: market orders; stops are limits of the risk profile."
            )
        place = int(asset)
        units = self._bounded(place, amount)
        if units == 0.0:
            return None
        return str(self._desk.orders.ask_units(place, self._exposure(self._intended(place) + units, place), units))

    def _bounded(self, asset: int, units: float) -> float:
        """Return what the limits leave of an order of `units`."""
        policy, before = self._desk.policy, self._intended(asset)
        wanted = before + units
        if abs(wanted) <= abs(before) and wanted * before >= 0.0:
            return units
        decided = self._exposure(wanted, asset)
        allowed = self._allowed(policy.k, policy.n, decided)
        others = [
            self._exposure(self._intended(each), each) for each in range(len(self._desk.till.assets)) if each != asset
        ]
        gross, net = math.fsum(map(abs, others)) + abs(allowed), math.fsum(others) + allowed
        assert self._marked is not None
        target = allowed * self._book_scale(policy.k, policy.n, gross, net) * self._marked.brake.factor
        if target == decided:
            return units
        log_event(self._desk.books.book, 0, AT_CLOSE, asset, TARGET_LIMITED, decided, target)
        within = self._whole_lots(policy.k, policy.n, target * float(self._marked.equity) / self._point(asset))
        bounded = within - before
        return float(bounded) if bounded * units > 0.0 else 0.0

    def _close_for_limits(self, marked: Closing) -> None:
        """Ask to close what is too old, everything after a stop of the account, a part of what is held beyond a bound."""
        policy, orders = self._desk.policy, self._desk.orders
        cut = self._held_scale(policy.k, policy.n, marked.gross_exposure, marked.net_exposure)
        for asset in self._desk.books.held():
            if any(ticket.exact_units is None for ticket in orders.of(asset)):
                continue  # a limit's order is on its way
            units = self._desk.books.position(asset).units
            reason = self._reason_to_close(asset, marked)
            if reason >= 0.0:
                orders.cancel(asset)
                orders.ask(asset, Wish(0.0, 0.0, reason, math.nan, math.nan, 0.0), units)
            elif cut.price < 1.0:
                kept = self._whole_lots(policy.k, policy.n, units * cut.price)
                orders.ask(asset, Wish(self._exposure(kept, asset), kept, cut.reason, math.nan, math.nan, 1.0), units)

    def _reason_to_close(self, asset: int, marked: Closing) -> float:
        """Return the limit that closes a position at this bar's close; -1 = none."""
        policy, books = self._desk.policy, self._desk.books
        bars_held = books.position(asset).bars_held
        reason = float(self._exit_reason(policy.k, policy.n, bars_held))
        if reason >= 0.0:
            log_event(books.book, 0, AT_CLOSE, asset, LIMIT_EXIT, bars_held, reason)
            return reason
        return marked.brake.reason if marked.brake.factor == 0.0 else -1.0

    def _intended(self, asset: int) -> float:
        """Return the units held once everything in flight has filled."""
        return self._desk.orders.intended(asset)

    def _point(self, asset: int) -> float:
        """Return what one unit is worth at the last close, in account currency."""
        return float(self._desk.books.book.assets[asset, MARK]) * self._desk.books.multiplier

    def _exposure(self, units: float, asset: int) -> float:
        """Return units as a fraction of equity."""
        assert self._marked is not None
        return units * self._point(asset) / float(self._marked.equity)


def functions_of(module: ModuleType) -> dict[str, Any]:
    """Return what zipline's TradingAlgorithm is given of an algorithm's file."""
    return {name: getattr(module, name) for name in ("initialize", "handle_data") if hasattr(module, name)}


def complaint(exc: Exception, module: ModuleType) -> str:
    """Return the line of an algorithm's file that an exception went through, and what it says; empty where it did not."""
    lines = [each.lineno for each in traceback.extract_tb(exc.__traceback__) if each.filename == module.__file__]
    if not is_algorithm(module) or not lines:
        return ""
    kind = module.__name__.rpartition(".")[2]
    return f"plugins/strategies/{kind}.py:{lines[-1]}: {type(exc).__name__}: {str(exc).strip()}"
