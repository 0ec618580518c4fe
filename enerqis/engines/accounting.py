"""The account between decisions: splits, dividends, due fills, protective exits, closings. Portable functions of the loop."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.engines.book import (
    ID,
    MARK,
    Book,
    Floats,
    Position,
    Row,
    Standing,
    Traded,
    keep_position,
    keep_standing,
    position_of,
    standing_of,
)
from enerqis.engines.hooks import Numbers
from enerqis.engines.log import (
    AT_CLOSE,
    AT_OPEN,
    DELISTED,
    DELISTING,
    DIVIDEND_EVENT,
    FIRST_LIMIT,
    LAST_BAR,
    PROTECTIVE_EXIT,
    SPLIT_EVENT,
    log_event,
)
from enerqis.engines.protection import protective_exit, side_of
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, DIVIDEND, ENDS, FACTOR, HIGH, LOW, OPEN, SPLIT, STARTS
from enerqis.engines.trading import (
    bars_seen,
    cancel_all,
    fill_order,
    is_answerable,
    order_delta,
    slot_of,
    trade_at_once,
)


class Guarded(NamedTuple):
    """What protective exits leave."""

    cash: float
    held: Position
    standing: Standing


def assets_of(k: Structure, tape: Floats) -> int:
    """Return how many assets there are."""
    return int(tape.shape[2]) if k.many else 1


def has_bar(k: Structure, tape: Floats, t: int, a: int) -> bool:
    """Return whether the asset has a bar in row `t`."""
    return bool(tape[CLOSE, t, a] == tape[CLOSE, t, a]) if k.many else True


def split_position(held: Position, split: float) -> Position:
    """Return the position in units after a split."""
    return Position(held.units * split, held.entry_price / split, held.best_price / split, held.bars_held, held.is_new)


def split_standing(standing: Standing, split: float) -> Standing:
    """Return the protective prices after a split."""
    return Standing(
        standing.decided,
        standing.asked,
        standing.is_blocked,
        standing.stop_loss / split,
        standing.take_profit / split,
        standing.is_changed,
    )


def take_actions(
    k: Structure, n: Numbers, tape: Floats, t: int, cash: float, held: Position, standing: Standing, book: Book
) -> Guarded:
    """Apply splits, then dividends, at the open of row `t`; shorts pay dividends."""
    for a in range(assets_of(k, tape)):
        if k.many:
            held = position_of(book, a)
            standing = standing_of(book, a)
        split = tape[SPLIT, t, a]
        if split != 1.0:
            held = split_position(held, split)
            standing = split_standing(standing, split)
            book.assets[a, MARK] /= split
            split_orders(k, n, a, split, book)
            if k.record and held.units != 0.0:
                log_event(book, t, AT_OPEN, a, SPLIT_EVENT, split, held.units)
        dividend = tape[DIVIDEND, t, a]
        if dividend != 0.0 and held.units != 0.0:
            paid = held.units * dividend * n.multiplier
            cash += paid
            if k.record:
                log_event(book, t, AT_OPEN, a, DIVIDEND_EVENT, dividend, paid)
        if k.many:
            keep_position(book, a, held)
            keep_standing(book, a, standing)
    return Guarded(cash, held, standing)


def split_orders(k: Structure, n: Numbers, a: int, split: float, book: Book) -> None:
    """Turn the units of the asset's orders in flight into units after a split."""
    slots = n.latency_bars + 1
    for slot in range(a * slots, (a + 1) * slots):
        book.orders[slot, 3] *= split


def market_price(k: Structure, tape: Floats, t: int, instant: float, a: int) -> float:
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
        value = held.units * market_price(k, tape, t, instant, 0) * n.multiplier
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


def fill_due(
    k: Structure, n: Numbers, tape: Floats, t: int, instant: float, cash: float, held: Position, book: Book
) -> Traded:
    """Fill every order that is due in row `t`, at the open or the close of its bar."""
    row = Row(math.nan, math.nan)
    for sweep in range(2 if k.many and k.sells_first else 1):
        for a in range(assets_of(k, tape)):
            if not has_bar(k, tape, t, a):
                continue
            slot = slot_of(k, n, a, bars_seen(k, t, a, book))
            if book.orders[slot, ID] == 0.0:
                continue
            if not is_answerable(k, tape, t, a, slot, book):
                continue
            if row.equity != row.equity:
                row = row_at(k, n, tape, t, instant, cash, held, book)
            price = market_price(k, tape, t, instant, a)
            own = row
            if k.many:
                held = position_of(book, a)
                moved = held.units * (price - mark_at(tape, t, instant, a, book)) * n.multiplier
                if moved != 0.0:
                    own = Row(row.equity + moved, row.gross + moved * (1.0 if held.units > 0.0 else -1.0))
                if k.sells_first and sweep == 0 and order_delta(k, n, slot, price, held, own, book) >= 0.0:
                    continue
            traded = fill_order(k, n, t, instant, a, slot, price, cash, held, own, book)
            change = (math.fabs(traded.held.units) - math.fabs(held.units)) * price * n.multiplier
            row = Row(row.equity - traded.cost, row.gross + change)
            cash = traded.cash
            held = traded.held
            if k.many:
                keep_position(book, a, held)
    return Traded(cash, held, 0.0)


def nothing_said() -> Standing:
    """Return what stands before the strategy has said anything: a target of 0."""
    return Standing(0.0, 0.0, 0.0, math.nan, math.nan, 0.0)


def after_exit(standing: Standing, units: float, reason: float) -> Standing:
    """Return what stands after a protective exit from `units`.

    The strategy's own price carried out what the strategy wanted: its target is 0 now, so that any other one is a change. A
    limit overruled it: the target stands, blocked until the strategy changes it. A decision against the side that was closed,
    or one that waits to be dealt with, was not overruled.
    """
    if reason < FIRST_LIMIT:
        return nothing_said()
    if standing.decided * units <= 0.0 or standing.is_changed != 0.0:
        return standing
    return Standing(standing.decided, 0.0, 1.0, math.nan, math.nan, 0.0)


def turning(standing: Standing, units: float) -> float:
    """Return the side of a decision that is to turn the position of `units`; 0 = none."""
    return side_of(standing.decided) if standing.decided * units < 0.0 and standing.is_blocked == 0.0 else 0.0


def guard(
    k: Structure,
    n: Numbers,
    tape: Floats,
    t: int,
    cash: float,
    held: Position,
    standing: Standing,
    book: Book,
) -> Guarded:
    """Close the positions whose stop or profit price lies in the bar of row `t`."""
    for a in range(assets_of(k, tape)):
        if k.many:
            held = position_of(book, a)
        if held.units == 0.0 or not has_bar(k, tape, t, a) or (held.is_new != 0.0 and not k.stops_on_fill_bar):
            continue
        if k.many:
            standing = standing_of(book, a)
        factor = tape[FACTOR, t, a] if k.has_actions else 1.0
        found = protective_exit(k, n, tape, t, a, standing, held, factor)
        if found.price == found.price:
            if k.record:
                log_event(book, t, found.instant, a, PROTECTIVE_EXIT, found.price, found.reason)
            kept = turning(standing, held.units)
            standing = after_exit(standing, held.units, found.reason)
            traded = trade_at_once(k, n, t, found.instant, a, found.price, found.reason, kept, cash, held, book)
            cash = traded.cash
            held = traded.held
            if k.many:
                keep_position(book, a, held)
                keep_standing(book, a, standing)
    return Guarded(cash, held, standing)


def older(held: Position, high: float, low: float) -> Position:
    """Return the position one closed bar older, its best price moved."""
    best = held.best_price
    if held.units > 0.0 and high > best:
        best = high
    elif held.units < 0.0 and low < best:
        best = low
    return Position(held.units, held.entry_price, best, held.bars_held + 1.0, 0.0)


def age(k: Structure, tape: Floats, t: int, held: Position, book: Book) -> Position:
    """Let every position grow one bar older."""
    for a in range(assets_of(k, tape)):
        if k.many:
            held = position_of(book, a)
        if held.units != 0.0 and has_bar(k, tape, t, a):
            held = older(held, tape[HIGH, t, a], tape[LOW, t, a])
            if k.many:
                keep_position(book, a, held)
    return held


def close_out(k: Structure, n: Numbers, tape: Floats, t: int, cash: float, held: Position, book: Book) -> Traded:
    """Close the position of an asset that counts as delisted, and all positions at the last bar where the spec says so."""
    for a in range(assets_of(k, tape)):
        is_delisted = k.many and tape[ENDS, t, a] == 1.0
        is_last = k.closes_last and tape[ENDS, t, a] == 2.0
        if not is_delisted and not is_last:
            continue
        if k.many:
            held = position_of(book, a)
        if is_delisted:
            cancel_all(k, n, t, a, 0.0, book)
            keep_standing(book, a, nothing_said())
            if k.record:
                log_event(book, t, AT_CLOSE, a, DELISTING, book.assets[a, MARK], held.units)
        if held.units != 0.0:
            price = tape[CLOSE, t, a] if has_bar(k, tape, t, a) else book.assets[a, MARK]
            reason = DELISTED if is_delisted else LAST_BAR
            traded = trade_at_once(k, n, t, AT_CLOSE, a, price, reason, 0.0, cash, held, book)
            cash = traded.cash
            held = traded.held
            if k.many:
                keep_position(book, a, held)
    return Traded(cash, held, 0.0)
