"""Orders that are due reach the market before a bar opens: one with a price rests there. Portable functions."""

from __future__ import annotations

from enerqis.engines.answering import move, note_no_trade
from enerqis.engines.assets import assets_of, carried_of, has_bar, keep, market_of
from enerqis.engines.book import AT_LIMIT, AT_STOP, ID, IS_BESIDE, SIDE, TARGET, Book, Carried, Floats
from enerqis.engines.filling import own_row, row_at
from enerqis.engines.hooks import Numbers
from enerqis.engines.log import AT_OPEN
from enerqis.engines.protection import side_of, without_prices
from enerqis.engines.resting import is_last_word, price_named
from enerqis.engines.structure import Structure
from enerqis.engines.trading import (
    bars_seen,
    cancel,
    exit_slot,
    has_price,
    is_answerable,
    order_delta,
    resting_slot,
    slot_of,
)


def arrive(k: Structure, n: Numbers, tape: Floats, t: int, now: Carried, book: Book) -> Carried:
    """Let the orders that are due in row `t` reach the market."""
    if k.rests:
        for a in range(assets_of(k, tape)):
            slot = slot_of(k, n, a, bars_seen(k, t, a, book))
            if has_bar(k, tape, t, a) and book.orders[slot, ID] != 0.0 and is_answerable(k, tape, t, a, slot, book):
                now = reach(k, n, tape, t, a, slot, now, book)
    return now


def reach(k: Structure, n: Numbers, tape: Floats, t: int, a: int, slot: int, before: Carried, book: Book) -> Carried:
    """Let one order reach the market: what rests there makes room, an order with a price rests from now on."""
    rest = resting_slot(n, a, book)
    if book.orders[slot, IS_BESIDE] == 0.0:
        cancel(k, t, AT_OPEN, a, rest, book)
        if k.fills_in_parts:
            cancel(k, t, AT_OPEN, a, exit_slot(n, a, book), book)
    if not has_price(slot, book):
        return before
    move(slot, rest, book)
    now = carried_of(k, a, before, book)
    row = row_at(k, n, tape, t, AT_OPEN, now.cash, now.held, book)
    price = price_named(book.orders[rest, AT_LIMIT], book.orders[rest, AT_STOP], 0.0)
    own = own_row(k, n, tape, t, AT_OPEN, a, price, now.held, row, book)
    book.orders[rest, SIDE] = side_of(order_delta(k, n, rest, price, now.held, own, market_of(k, tape, t, a), book))
    if book.orders[rest, SIDE] != 0.0:
        return now
    note_no_trade(k, t, AT_OPEN, a, rest, book.orders[rest, ID], book.orders[rest, TARGET], now.held, book)
    book.orders[rest, ID] = 0.0
    standing = now.standing
    if is_last_word(k, n, t, a, book.orders[rest, TARGET], book):
        standing = without_prices(standing)
    return keep(k, a, Carried(now.cash, now.held, standing), book)
