"""The account between decisions: splits, dividends, age, closings, marks. Portable functions of the loop."""

from __future__ import annotations

import math

from enerqis.engines.assets import assets_of, carried_of, has_bar, keep, keep_position, market_of, position_of, units_of
from enerqis.engines.book import (
    ASKED_UNITS,
    AT_LIMIT,
    AT_STOP,
    MARK,
    SEEN,
    USED,
    WAITS,
    Book,
    Carried,
    Floats,
    Marked,
    Position,
    Prices,
    Standing,
)
from enerqis.engines.hooks import Numbers
from enerqis.engines.log import (
    AT_CLOSE,
    AT_OPEN,
    DELISTED,
    DELISTING,
    DIVIDEND_EVENT,
    FALLING,
    LAST_BAR,
    RISING,
    SPLIT_EVENT,
    log_event,
)
from enerqis.engines.protection import nothing_said, with_levels
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, DELAY, DIVIDEND, ENDS, FACTOR, HIGH, LOW, SPLIT
from enerqis.engines.trading import cancel_all, resting_slot, trade_at_once


def split_position(held: Position, split: float) -> Position:
    """Return the position in units after a split, its levels apart."""
    return Position(
        held.units * split,
        held.entry_price / split,
        held.best_price / split,
        held.bars_held,
        held.is_new,
        held.stop,
        held.profit,
    )


def split_standing(standing: Standing, split: float) -> Standing:
    """Return the protective prices after a split."""
    return Standing(
        standing.decided,
        standing.asked,
        standing.is_blocked,
        standing.stop_loss / split,
        standing.take_profit / split,
        standing.is_changed,
        standing.bounded,
        Prices(standing.prices.limit / split, standing.prices.stop / split, standing.prices.is_new),
    )


def split_orders(k: Structure, n: Numbers, a: int, split: float, book: Book) -> None:
    """Turn units and prices of the asset's orders, in flight and in the market, into those after a split."""
    slots = n.latency_bars + 1
    for slot in range(a * slots, (a + 1) * slots):
        split_order(slot, split, book)
    if k.rests:
        split_order(resting_slot(n, a, book), split, book)


def split_order(slot: int, split: float, book: Book) -> None:
    """Turn units and prices of one order into those after a split."""
    book.orders[slot, ASKED_UNITS] *= split
    book.orders[slot, AT_LIMIT] /= split
    book.orders[slot, AT_STOP] /= split


def take_actions(k: Structure, n: Numbers, tape: Floats, t: int, now: Carried, book: Book) -> Carried:
    """Apply splits, then dividends, at the open of row `t`; shorts pay dividends."""
    if k.has_actions:
        for a in range(assets_of(k, tape)):
            if tape[SPLIT, t, a] != 1.0 or tape[DIVIDEND, t, a] != 0.0:
                now = act(k, n, tape, t, a, now, book)
    return now


def act(k: Structure, n: Numbers, tape: Floats, t: int, a: int, before: Carried, book: Book) -> Carried:
    """Apply a split and a dividend to one asset."""
    now = carried_of(k, a, before, book)
    split = tape[SPLIT, t, a]
    dividend = tape[DIVIDEND, t, a]
    held = now.held
    standing = now.standing
    paid = 0.0
    if split != 1.0:
        held = with_levels(k, n, split_position(held, split), tape[FACTOR, t, a])
        standing = split_standing(standing, split)
        book.assets[a, MARK] /= split
        split_orders(k, n, a, split, book)
        if k.record and held.units != 0.0:
            log_event(book, t, AT_OPEN, a, SPLIT_EVENT, split, held.units)
    if dividend != 0.0 and held.units != 0.0:
        paid = held.units * dividend * n.multiplier
        if k.record:
            log_event(book, t, AT_OPEN, a, DIVIDEND_EVENT, dividend, paid)
    return keep(k, a, Carried(now.cash + paid, held, standing), book)


def older(k: Structure, n: Numbers, held: Position, high: float, low: float, close: float, factor: float) -> Position:
    """Return the position one closed bar older; its best price moves where a stop looks at it.

    Where an order filled on the way down, nobody knows whether the bar's high came before; so with its low on the way up.
    """
    if k.rests and held.is_new == FALLING:
        high = close
    if k.rests and held.is_new == RISING:
        low = close
    older_one = Position(
        held.units, held.entry_price, held.best_price, held.bars_held + 1.0, 0.0, held.stop, held.profit
    )
    if k.limits_stop:
        best = high if held.units > 0.0 else low
        if (held.units > 0.0 and best > held.best_price) or (held.units < 0.0 and best < held.best_price):
            moved = Position(held.units, held.entry_price, best, held.bars_held + 1.0, 0.0, held.stop, held.profit)
            return with_levels(k, n, moved, factor)
    return older_one


def age(k: Structure, n: Numbers, tape: Floats, t: int, now: Carried, book: Book) -> Carried:
    """Let every position grow one bar older."""
    for a in range(assets_of(k, tape)):
        if units_of(k, a, now, book) != 0.0 and has_bar(k, tape, t, a):
            factor = tape[FACTOR, t, a] if k.has_actions else 1.0
            if k.many:
                held = position_of(book, a)
                keep_position(book, a, older(k, n, held, tape[HIGH, t, a], tape[LOW, t, a], tape[CLOSE, t, a], factor))
            else:
                held = older(k, n, now.held, tape[HIGH, t, a], tape[LOW, t, a], tape[CLOSE, t, a], factor)
                now = Carried(now.cash, held, now.standing)
    return now


def close_out(k: Structure, n: Numbers, tape: Floats, t: int, now: Carried, book: Book) -> Carried:
    """Close the position of an asset that counts as delisted, and all positions at the last bar where the spec says so."""
    if k.many or k.closes_last:
        for a in range(assets_of(k, tape)):
            if k.many and tape[ENDS, t, a] == 1.0:
                now = end(k, n, tape, t, a, DELISTED, now, book)
            elif k.closes_last and tape[ENDS, t, a] == 2.0:
                now = end(k, n, tape, t, a, LAST_BAR, now, book)
    return now


def end(k: Structure, n: Numbers, tape: Floats, t: int, a: int, reason: float, before: Carried, book: Book) -> Carried:
    """Close the position of one asset at its close, or its last one."""
    now = carried_of(k, a, before, book)
    if reason == DELISTED:
        now = Carried(now.cash, now.held, nothing_said())
        cancel_all(k, n, t, a, 0.0, 0.0, book)
        if k.record:
            log_event(book, t, AT_CLOSE, a, DELISTING, book.assets[a, MARK], now.held.units)
    if now.held.units == 0.0:
        return keep(k, a, now, book)
    price = tape[CLOSE, t, a] if has_bar(k, tape, t, a) else book.assets[a, MARK]
    if not has_bar(k, tape, t, a):
        cancel_all(k, n, t, a, 0.0, 0.0, book)
    market = market_of(k, tape, t, a)
    traded = trade_at_once(k, n, t, AT_CLOSE, a, price, reason, 0.0, now.cash, now.held, market, book)
    return keep(k, a, Carried(traded.cash, traded.held, now.standing), book)


def count_bars(k: Structure, tape: Floats, t: int, book: Book) -> None:
    """Count the bars of each of many assets, note how long an order of this row would wait; nothing of a bar is used yet."""
    if k.draws_latency:
        for a in range(assets_of(k, tape)):
            book.assets[a, WAITS] = tape[DELAY, t, a]
    if k.fills_in_parts:
        for a in range(assets_of(k, tape)):
            book.assets[a, USED] = 0.0
    if k.many:
        for a in range(assets_of(k, tape)):
            if tape[CLOSE, t, a] == tape[CLOSE, t, a]:
                book.assets[a, SEEN] += 1.0


def marked(k: Structure, n: Numbers, tape: Floats, t: int, now: Carried, book: Book) -> Marked:
    """Return the account at the close of row `t`; an asset without a bar keeps its last close."""
    if k.many:
        return marked_book(n, tape, t, now.cash, book)
    if k.carries:
        book.assets[0, MARK] = tape[CLOSE, t, 0]
    net = now.held.units * tape[CLOSE, t, 0] * n.multiplier
    return Marked(now.cash + net, math.fabs(net), net)


def marked_book(n: Numbers, tape: Floats, t: int, cash: float, book: Book) -> Marked:
    """Return the account of many assets at the close of row `t`."""
    equity = cash
    gross = 0.0
    net = 0.0
    for a in range(tape.shape[2]):
        if tape[CLOSE, t, a] == tape[CLOSE, t, a]:
            book.assets[a, MARK] = tape[CLOSE, t, a]
        units = position_of(book, a).units
        if units != 0.0:
            value = units * book.assets[a, MARK] * n.multiplier
            equity += value
            gross += math.fabs(value)
            net += value
    return Marked(equity, gross, net)
