"""What a strategy said, and what stands of it: its target within the limits, its prices. Portable functions."""

from __future__ import annotations

import math

from enerqis.engines.assets import no_prices
from enerqis.engines.book import FAULT_ASSET, FAULT_FIELD, FAULT_ROW, FIRST_ROW, Book, Prices, Standing
from enerqis.engines.hooks import Numbers, book_scale, bounded_target
from enerqis.engines.protection import side_of
from enerqis.engines.resting import has_prices
from enerqis.engines.structure import Structure
from enerqis.interfaces.strategy import Decision

GREATEST_TARGET = 1e6
"""A target beyond this is a defect of the strategy."""

FAULTS: tuple[str, ...] = ("limit", "stop", "target")
"""Fields of a decision that can be at fault, by number."""


def note_fault(t: int, a: int, field: float, book: Book) -> None:
    """Remember the first decision that cannot be honoured."""
    if book.account[FAULT_ROW] < 0.0:
        book.account[FAULT_ROW] = book.account[FIRST_ROW] + t
        book.account[FAULT_ASSET] = a
        book.account[FAULT_FIELD] = field


def heard(
    k: Structure, n: Numbers, t: int, a: int, decision: Decision, standing: Standing, factor: float, book: Book
) -> Standing:
    """Return what stands after a decision: NaN and the target that stands already say nothing."""
    now = standing
    if decision.target != standing.decided and decision.target == decision.target:
        now = turned(k, n, t, a, decision.target, standing, book)
    if k.speaks_prices:
        now = protected(decision, now, factor)
    if k.prices_orders:
        now = priced(t, a, decision, now, factor, book)
    return now


def turned(k: Structure, n: Numbers, t: int, a: int, target: float, standing: Standing, book: Book) -> Standing:
    """Return what stands after a new target: nothing blocked, no price of an order, no protective price of another side."""
    if math.fabs(target) > GREATEST_TARGET:
        note_fault(t, a, 2.0, book)
        return standing
    bounded = allowed(k, n, target)
    if not k.many and (k.limits_scale or k.limits_held):
        bounded = bounded * book_scale(k, n, math.fabs(bounded), bounded)
    if k.speaks_prices and side_of(target) == side_of(standing.decided):
        return Standing(
            target, standing.asked, 0.0, standing.stop_loss, standing.take_profit, 1.0, bounded, no_prices()
        )
    return Standing(target, standing.asked, 0.0, math.nan, math.nan, 1.0, bounded, no_prices())


def is_price(value: float) -> bool:
    """Return whether a number can be the price of an order."""
    return 0.0 < value < math.inf


def priced(t: int, a: int, decision: Decision, standing: Standing, factor: float, book: Book) -> Standing:
    """Return what stands after the prices at which a decision wants its order to fill.

    They are said together: a decision that names one of them says that there is no other. They count for a new target, and for
    one whose order has prices and is not filled yet; once a target is reached, its prices say nothing.
    """
    limit = decision.limit
    stop = decision.stop
    if limit == limit and not is_price(limit):
        note_fault(t, a, 0.0, book)
        return standing
    if stop == stop and not is_price(stop):
        note_fault(t, a, 1.0, book)
        return standing
    is_silent = limit != limit and stop != stop
    if is_silent or (standing.is_changed == 0.0 and not has_prices(standing)):
        return standing
    now = Prices(limit / factor, stop / factor, 1.0)
    if is_same(now.limit, standing.prices.limit) and is_same(now.stop, standing.prices.stop):
        return standing
    return Standing(
        standing.decided, standing.asked, standing.is_blocked, standing.stop_loss, standing.take_profit,
        standing.is_changed, standing.bounded, now,
    )  # fmt: skip


def is_same(one: float, other: float) -> bool:
    """Return whether two prices are equal, or both absent."""
    return one == other or (one != one and other != other)


def protected(decision: Decision, standing: Standing, factor: float) -> Standing:
    """Return what stands after the protective prices of a decision; NaN keeps the last one."""
    stop_loss = decision.stop_loss / factor if decision.stop_loss == decision.stop_loss else standing.stop_loss
    take_profit = (
        decision.take_profit / factor if decision.take_profit == decision.take_profit else standing.take_profit
    )
    return Standing(
        standing.decided, standing.asked, standing.is_blocked, stop_loss, take_profit, standing.is_changed,
        standing.bounded, standing.prices,
    )  # fmt: skip


def allowed(k: Structure, n: Numbers, decided: float) -> float:
    """Return the decided target within the account's kind and the limits on one asset."""
    target = decided
    if not k.allows_short and target < 0.0:
        target = 0.0
    if k.limits_target:
        target = bounded_target(k, n, target)
    return target
