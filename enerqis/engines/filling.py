"""Due orders meet the market: at the open or the close of an asset's bar, sells first where the spec says so. Portable."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.engines.answering import fill_order
from enerqis.engines.assets import assets_of, carried_of, has_bar, keep, market_of, position_of
from enerqis.engines.book import ID, MARK, TARGET, Book, Carried, Floats, Position, Row
from enerqis.engines.hooks import Numbers
from enerqis.engines.log import AT_CLOSE, AT_OPEN
from enerqis.engines.protection import with_levels, without_prices
from enerqis.engines.resting import has_met, is_last_word, price_at_open
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, FACTOR, OPEN, STARTS
from enerqis.engines.trading import (
    bars_seen,
    exit_slot,
    has_price,
    is_answerable,
    order_delta,
    resting_slot,
    slot_of,
)


class Filled(NamedTuple):
    """What the turn of one asset leaves: what is carried, and the account at the prices of the row."""

    now: Carried
    row: Row


def market_price(tape: Floats, t: int, instant: float, a: int) -> float:
    """Return the raw price of the asset's bar at an instant of row `t`."""
    return float(tape[OPEN, t, a]) if instant == AT_OPEN else float(tape[CLOSE, t, a])


def mark_at(tape: Floats, t: int, instant: float, a: int, book: Book) -> float:
    """Return what the asset is worth when row `t` fills: its open if it opens with the row, its close, or its last close."""
    if tape[CLOSE, t, a] == tape[CLOSE, t, a]:
        if instant == AT_CLOSE:
            return float(tape[CLOSE, t, a])
        if tape[STARTS, t, a] == 1.0:
            return float(tape[OPEN, t, a])
    return float(book.assets[a, MARK])


def row_at(
    k: Structure, n: Numbers, tape: Floats, t: int, instant: float, cash: float, held: Position, book: Book
) -> Row:
    """Return equity and gross notional at an instant of row `t`."""
    if not k.many:
        value = held.units * market_price(tape, t, instant, 0) * n.multiplier
        return Row(cash + value, math.fabs(value))
    equity = cash
    gross = 0.0
    for a in range(tape.shape[2]):
        units = position_of(book, a).units
        if units != 0.0:
            value = units * mark_at(tape, t, instant, a, book) * n.multiplier
            equity += value
            gross += math.fabs(value)
    return Row(equity, gross)


def own_row(
    k: Structure, n: Numbers, tape: Floats, t: int, instant: float, a: int, price: float, held: Position, row: Row,
    book: Book,
) -> Row:  # fmt: skip
    """Return the account with an asset at the price it trades at, which may not be its mark."""
    if k.many or k.rests:
        mark = mark_at(tape, t, instant, a, book) if k.many else market_price(tape, t, instant, a)
        moved = held.units * (price - mark) * n.multiplier
        if moved != 0.0:
            grown = math.fabs(held.units) * (math.fabs(price) - math.fabs(mark)) * n.multiplier
            return Row(row.equity + moved, row.gross + grown)
    return row


def is_due(k: Structure, n: Numbers, tape: Floats, t: int, a: int, book: Book) -> bool:
    """Return whether an order of the asset is due in row `t`."""
    return has_bar(k, tape, t, a) and book.orders[slot_of(k, n, a, bars_seen(k, t, a, book)), ID] > 0.0


def fill_due(k: Structure, n: Numbers, tape: Floats, t: int, instant: float, now: Carried, book: Book) -> Carried:
    """Fill every order that is due in row `t`, at the open or the close of its bar; at the open also those that rest."""
    filled = Filled(now, Row(math.nan, math.nan))
    for sweep in range(2 if k.many and k.sells_first else 1):
        for a in range(assets_of(k, tape)):
            if (k.fills_at_open or instant == AT_CLOSE) and is_due(k, n, tape, t, a, book):
                slot = slot_of(k, n, a, bars_seen(k, t, a, book))
                if is_answerable(k, tape, t, a, slot, book):
                    price = market_price(tape, t, instant, a)
                    filled = fill_asset(k, n, tape, t, instant, a, slot, price, sweep, filled.now, filled.row, book)
            if k.fills_in_parts and is_left(k, n, tape, t, instant, a, exit_slot(n, a, book), book):
                price = market_price(tape, t, instant, a)
                slot = exit_slot(n, a, book)
                filled = fill_asset(k, n, tape, t, instant, a, slot, price, sweep, filled.now, filled.row, book)
            if k.fills_in_parts and is_left(k, n, tape, t, instant, a, resting_slot(n, a, book), book):
                price = market_price(tape, t, instant, a)
                slot = resting_slot(n, a, book)
                filled = fill_asset(k, n, tape, t, instant, a, slot, price, sweep, filled.now, filled.row, book)
            elif k.prices_orders and instant == AT_OPEN and is_resting(k, n, tape, t, a, book):
                rest = resting_slot(n, a, book)
                opening = price_at_open(k, tape, t, a, rest, book)
                if opening == opening:
                    filled = fill_asset(k, n, tape, t, instant, a, rest, opening, sweep, filled.now, filled.row, book)
    return filled.now


def is_resting(k: Structure, n: Numbers, tape: Floats, t: int, a: int, book: Book) -> bool:
    """Return whether an order with a price rests in the market, and row `t` has a bar for it that has taken nothing of it."""
    rest = resting_slot(n, a, book)
    if not has_bar(k, tape, t, a) or book.orders[rest, ID] == 0.0:
        return False
    return not k.fills_in_parts or (has_price(rest, book) and not has_met(k, t, rest, book))


def is_left(k: Structure, n: Numbers, tape: Floats, t: int, instant: float, a: int, slot: int, book: Book) -> bool:
    """Return whether what is left of an order at the market goes on in `slot`: at the open or the close, as the spec says."""
    if not has_bar(k, tape, t, a) or book.orders[slot, ID] == 0.0 or not (k.fills_at_open or instant == AT_CLOSE):
        return False
    return not has_price(slot, book) and not has_met(k, t, slot, book)


def fill_asset(
    k: Structure, n: Numbers, tape: Floats, t: int, instant: float, a: int, slot: int, price: float, sweep: int,
    before: Carried, known: Row, book: Book,
) -> Filled:  # fmt: skip
    """Fill the order in `slot` at the market's `price`, unless sells come first."""
    row = known
    if row.equity != row.equity:
        row = row_at(k, n, tape, t, instant, before.cash, before.held, book)
    now = carried_of(k, a, before, book)
    market = market_of(k, tape, t, a)
    own = own_row(k, n, tape, t, instant, a, price, now.held, row, book)
    if k.many and k.sells_first and sweep == 0 and order_delta(k, n, slot, price, now.held, own, market, book) >= 0.0:
        return Filled(now, row)
    return filled_at(k, n, tape, t, instant, a, slot, price, now, row, own, book)


def filled_at(
    k: Structure, n: Numbers, tape: Floats, t: int, instant: float, a: int, slot: int, price: float, now: Carried,
    row: Row, own: Row, book: Book,
) -> Filled:  # fmt: skip
    """Fill the order in `slot`; what is carried has the levels of the new position, and no prices of an order that is done."""
    target = book.orders[slot, TARGET]
    is_priced = k.prices_orders and slot == resting_slot(n, a, book) and has_price(slot, book)
    market = market_of(k, tape, t, a)
    traded = fill_order(k, n, t, instant, a, slot, price, now.cash, now.held, own, market, book)
    change = (math.fabs(traded.held.units) - math.fabs(now.held.units)) * math.fabs(price) * n.multiplier
    held = traded.held
    if k.limits_stop or k.limits_profit:
        held = with_levels(k, n, held, tape[FACTOR, t, a] if k.has_actions else 1.0)
    standing = now.standing
    if k.prices_orders and is_priced and (book.orders[slot, ID] == 0.0 or not has_price(slot, book)):
        is_last = is_last_word(k, n, t, a, target, book)
        if is_last:
            standing = without_prices(standing)
    left = keep(k, a, Carried(traded.cash, held, standing), book)
    return Filled(left, Row(row.equity - traded.cost, row.gross + change))
