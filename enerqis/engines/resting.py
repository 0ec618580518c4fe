"""Orders that rest in the market: which price of a bar fills them, what their fill makes needless. Portable functions.

One order an asset rests at a time. An order that arrives, its latency over, takes the place of the one that rests.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.engines.book import (
    AT_LIMIT,
    AT_STOP,
    FIRST_ROW,
    ID,
    IS_BESIDE,
    MET,
    SIDE,
    TARGET,
    Book,
    Floats,
    Standing,
)
from enerqis.engines.hooks import Numbers
from enerqis.engines.log import AT_OPEN, FALLING, RISING, STOP_TRIGGERED, log_event
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, HIGH, LOW, OPEN
from enerqis.engines.trading import bars_seen, cancel, has_price, slot_of


class Meeting(NamedTuple):
    """Where a bar meets a resting order, its open apart.

    Parameters
    ----------
    price : float
        The market's raw price of the fill; NaN = it does not.
    instant : float
        FALLING or RISING: on which way.
    is_triggered : float
        1 where the bar reaches the stop of a stop-limit order.
    """

    price: float
    instant: float
    is_triggered: float


def has_prices(standing: Standing) -> bool:
    """Return whether the order that leads to the target has a limit or a stop, and is not filled yet."""
    prices = standing.prices
    return prices.limit == prices.limit or prices.stop == prices.stop


def price_named(limit: float, stop: float, close: float) -> float:
    """Return the price at which an order expects to fill: its limit, its stop, or the last close."""
    if limit == limit:
        return limit
    return stop if stop == stop else close


def is_reached(k: Structure, price: float, limit: float, side: float) -> bool:
    """Return whether a market at `price` fills an order of `side` at its limit."""
    if k.fills_on_touch:
        return price * side <= limit * side
    return price * side < limit * side


def price_at_open(k: Structure, tape: Floats, t: int, a: int, slot: int, book: Book) -> float:
    """Return the market's price where the bar's open fills the order that rests in `slot`; NaN where it does not."""
    order = book.orders
    side = order[slot, SIDE]
    limit = order[slot, AT_LIMIT]
    stop = order[slot, AT_STOP]
    opening = tape[OPEN, t, a]
    if stop == stop and opening * side < stop * side:
        return math.nan
    if limit == limit and not is_reached(k, opening, limit, side):
        return math.nan
    return float(opening)


def meeting(k: Structure, tape: Floats, t: int, a: int, slot: int, book: Book) -> Meeting:
    """Return where the bar, after its open, meets the order in `slot`.

    A limit fills at its price, a stop at its own. A stop-limit whose stop lies inside the bar fills there if its limit allows
    it; else at its limit, if the close is there: nobody knows whether the other extreme came before.
    """
    order = book.orders
    side = order[slot, SIDE]
    limit = order[slot, AT_LIMIT]
    stop = order[slot, AT_STOP]
    cheapest = tape[LOW, t, a] if side > 0.0 else tape[HIGH, t, a]
    dearest = tape[HIGH, t, a] if side > 0.0 else tape[LOW, t, a]
    back = FALLING if side > 0.0 else RISING
    away = RISING if side > 0.0 else FALLING
    if stop != stop:
        return Meeting(limit if is_reached(k, cheapest, limit, side) else math.nan, back, 0.0)
    if tape[OPEN, t, a] * side >= stop * side:
        return Meeting(limit if is_reached(k, cheapest, limit, side) else math.nan, back, 1.0)
    if dearest * side < stop * side:
        return Meeting(math.nan, away, 0.0)
    if limit != limit or is_reached(k, stop, limit, side):
        return Meeting(stop, away, 1.0)
    return Meeting(limit if is_reached(k, tape[CLOSE, t, a], limit, side) else math.nan, back, 1.0)


def has_met(k: Structure, t: int, slot: int, book: Book) -> bool:
    """Return whether the bar of row `t` took what it takes of the order in `slot` already."""
    return bool(k.fills_in_parts and book.orders[slot, MET] == book.account[FIRST_ROW] + t)


def note_trigger(k: Structure, t: int, instant: float, a: int, slot: int, book: Book) -> None:
    """Turn a stop-limit order whose stop was reached into a limit order."""
    if k.record:
        log_event(book, t, instant, a, STOP_TRIGGERED, book.orders[slot, ID], book.orders[slot, AT_STOP])
    book.orders[slot, AT_STOP] = math.nan


def is_last_word(k: Structure, n: Numbers, t: int, a: int, target: float, book: Book) -> bool:
    """Withdraw what was to replace an order that is done; return whether nothing in flight wants another target."""
    is_last = True
    for bars_ahead in range(n.latency_bars + 1):
        slot = slot_of(k, n, a, bars_seen(k, t, a, book) + bars_ahead)
        if book.orders[slot, ID] != 0.0 and book.orders[slot, IS_BESIDE] == 0.0 and is_last:
            if book.orders[slot, TARGET] == target and has_price(slot, book):
                cancel(k, t, AT_OPEN, a, slot, book)
            else:
                is_last = False
    return is_last
