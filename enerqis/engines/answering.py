"""An order meets a price: what it trades there, and where what the bar does not take waits. Portable functions.

A slippage may let a bar take a part of an order. The rest stays in flight as the same order, of fixed units: in the slot of the
order that rests in the market, or in that of protective exits, until it is filled or another order takes its place.
"""

from __future__ import annotations

import math

from enerqis.engines.book import (
    ASKED_UNITS,
    AT_LIMIT,
    AT_STOP,
    FILLED_SO_FAR,
    FIRST_ROW,
    ID,
    IN_PART,
    IS_BESIDE,
    MET,
    ORDER_COLUMNS,
    REASON,
    ROW,
    SIDE,
    SIZED,
    TARGET,
    UNSIZED,
    USED,
    Book,
    Position,
    Row,
    Traded,
)
from enerqis.engines.hooks import Numbers
from enerqis.engines.log import (
    FILLED,
    ORDER_REDUCED,
    ORDER_REJECTED,
    REJECTED,
    UNNEEDED,
    log_event,
    log_fate,
)
from enerqis.engines.sizing import is_payable, payable_units, within_bar
from enerqis.engines.structure import Structure
from enerqis.engines.trading import (
    ask_to_close,
    cancel,
    exit_slot,
    order_delta,
    resting_slot,
    trade,
)
from enerqis.interfaces.cost import Market


def fill_order(
    k: Structure,
    n: Numbers,
    t: int,
    instant: float,
    a: int,
    slot: int,
    price: float,
    cash: float,
    held: Position,
    row: Row,
    market: Market,
    book: Book,
) -> Traded:
    """Fill the order in `slot` at the market's raw `price`, as far as the bar takes it and cash and margin pay it."""
    identity = book.orders[slot, ID]
    target = book.orders[slot, TARGET]
    reason = book.orders[slot, REASON]
    limit = book.orders[slot, AT_LIMIT] if k.prices_orders else math.nan
    asked = held.units + order_delta(k, n, slot, price, held, row, market, book)
    wanted = asked
    book.orders[slot, ID] = 0.0
    if k.fills_in_parts and asked != held.units:
        wanted = within_bar(k, n, asked, held.units, book.assets[a, USED], market)
        if wanted == held.units:
            carry_on(k, n, t, instant, a, slot, identity, asked, held.units, SIZED, book)
            return Traded(cash, held, 0.0)
    is_left = k.fills_in_parts and wanted != asked
    if (k.reduces_shortfall or k.rejects_shortfall) and not is_payable(k, n, wanted, held.units, price, row, market):
        is_left = False
        wanted = payable_units(k, n, wanted, held.units, price, row, market) if k.reduces_shortfall else held.units
        if k.record:
            if wanted == held.units:
                log_event(book, t, instant, a, ORDER_REJECTED, identity, asked - held.units)
                log_fate(book, identity, REJECTED)
            else:
                log_event(book, t, instant, a, ORDER_REDUCED, identity, asked - wanted)
        if wanted == held.units:
            return Traded(cash, held, 0.0)
    if wanted == held.units:
        note_no_trade(k, t, instant, a, slot, identity, target, held, book)
        return Traded(cash, held, 0.0)
    if is_left:
        carry_on(k, n, t, instant, a, slot, identity, asked, held.units, IN_PART, book)
    elif k.record:
        log_fate(book, identity, FILLED)
    return trade(k, n, t, instant, a, wanted - held.units, price, identity, reason, limit, cash, held, market, book)


def note_no_trade(
    k: Structure, t: int, instant: float, a: int, slot: int, identity: float, target: float, held: Position, book: Book
) -> None:
    """Note that an order found nothing to trade: less than a lot is refused, anything else was not needed (any more)."""
    if k.record:
        if k.fills_in_parts and book.orders[slot, FILLED_SO_FAR] == IN_PART:
            log_fate(book, identity, FILLED)
        elif held.units == 0.0 and target != 0.0:
            log_event(book, t, instant, a, ORDER_REJECTED, identity, 0.0)
            log_fate(book, identity, REJECTED)
        else:
            log_fate(book, identity, UNNEEDED)


def carry_on(
    k: Structure,
    n: Numbers,
    t: int,
    instant: float,
    a: int,
    slot: int,
    identity: float,
    asked: float,
    units: float,
    filled: float,
    book: Book,
) -> None:
    """Let what the bar does not take of an order rest in the market; it is withdrawn where another one rests there.

    A stop that was reached is one no more; a limit stays. From `units` to `asked` units held, it never changes sides.
    """
    order = book.orders
    order[slot, ID] = identity
    order[slot, ASKED_UNITS] = asked
    order[slot, SIDE] = 1.0 if asked > units else -1.0
    order[slot, MET] = book.account[FIRST_ROW] + t
    if filled > order[slot, FILLED_SO_FAR]:
        order[slot, FILLED_SO_FAR] = filled
    order[slot, AT_STOP] = math.nan
    rest = resting_slot(n, a, book)
    if slot < rest - a:
        if order[rest, ID] == 0.0:
            move(slot, rest, book)
        else:
            cancel(k, t, instant, a, slot, book)


def close_within(
    k: Structure,
    n: Numbers,
    t: int,
    instant: float,
    a: int,
    price: float,
    reason: float,
    kept: float,
    cash: float,
    held: Position,
    market: Market,
    book: Book,
) -> Traded:
    """Close a position by a protective exit as far as the bar takes it; the rest is an order at the market from now on."""
    identity = ask_to_close(k, n, t, instant, a, reason, kept, held.units, book)
    left = within_bar(k, n, 0.0, held.units, book.assets[a, USED], market)
    if left != 0.0:
        slot = exit_slot(n, a, book)
        order = book.orders
        order[slot, ROW] = book.account[FIRST_ROW] + t
        order[slot, TARGET] = 0.0
        order[slot, REASON] = reason
        order[slot, AT_LIMIT] = math.nan
        order[slot, IS_BESIDE] = 0.0
        order[slot, FILLED_SO_FAR] = UNSIZED
        filled = SIZED if left == held.units else IN_PART
        carry_on(k, n, t, instant, a, slot, identity, 0.0, held.units, filled, book)
    elif k.record:
        log_fate(book, identity, FILLED)
    if left == held.units:
        return Traded(cash, held, 0.0)
    return trade(
        k, n, t, instant, a, left - held.units, price, identity, reason, math.nan, cash, held, market, book
    )  # fmt: skip


def move(slot: int, place: int, book: Book) -> None:
    """Let the order in `slot` rest at `place`."""
    for column in range(ORDER_COLUMNS):
        book.orders[place, column] = book.orders[slot, column]
    book.orders[slot, ID] = 0.0


def is_closing(k: Structure, n: Numbers, a: int, units: float, book: Book) -> bool:
    """Return whether what is left of a protective exit closes the `units` held."""
    if not k.fills_in_parts:
        return False
    slot = exit_slot(n, a, book)
    return bool(book.orders[slot, ID] != 0.0 and book.orders[slot, SIDE] * units < 0.0)
