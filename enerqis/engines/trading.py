"""Orders and fills: what a kernel's loop does when something is asked or traded. Portable functions."""

from __future__ import annotations

import math

from enerqis.engines.book import (
    ASKED_UNITS,
    AT_LIMIT,
    AT_STOP,
    COSTS,
    FILLED_SO_FAR,
    FILLS,
    FIRST_ROW,
    ID,
    IS_BESIDE,
    MET,
    ORDERS,
    REASON,
    ROW,
    SEEN,
    SIDE,
    TARGET,
    TURNOVER,
    UNSIZED,
    USED,
    WAITS,
    Book,
    Floats,
    Level,
    Position,
    Row,
    Traded,
    Wish,
)
from enerqis.engines.hooks import Numbers, commission_of, fill_price_of
from enerqis.engines.log import (
    AT_CLOSE,
    CANCELLED,
    FILLED,
    ORDER_CANCELLED,
    log_event,
    log_fate,
    log_fill,
    log_order,
)
from enerqis.engines.sizing import units_for
from enerqis.engines.structure import Structure
from enerqis.engines.tape import ANSWERS
from enerqis.interfaces.cost import Market


def position_after(held: Position, delta: float, price: float, instant: float) -> Position:
    """Return the position after `delta` units traded at raw `price`, without levels yet; new until its bar closes."""
    units = held.units + delta
    none = Level(math.nan, 0.0)
    if units == 0.0:
        return Position(0.0, 0.0, 0.0, 0.0, 0.0, none, none)
    if held.units * units <= 0.0:
        return Position(units, price, price, 0.0, instant, none, none)
    entry = held.entry_price
    if math.fabs(units) > math.fabs(held.units):
        entry = (held.units * held.entry_price + delta * price) / units
    return Position(units, entry, held.best_price, held.bars_held, held.is_new, none, none)


def trade(
    k: Structure,
    n: Numbers,
    t: int,
    instant: float,
    a: int,
    delta: float,
    price: float,
    identity: float,
    reason: float,
    limit: float,
    cash: float,
    held: Position,
    market: Market,
    book: Book,
) -> Traded:
    """Fill `delta` units against the market's raw `price`; slippage leads no further than a `limit`, NaN = none."""
    side = 1.0 if delta > 0.0 else -1.0
    size = math.fabs(delta)
    paid = fill_price_of(k, n, price, side, size, market)
    if k.prices_orders and paid * side > limit * side:
        paid = limit
    commission = commission_of(k, n, size, paid)
    slippage = size * (paid - price) * side * n.multiplier
    book.account[FILLS] += 1.0
    book.account[TURNOVER] += size * math.fabs(paid) * n.multiplier
    book.account[COSTS] += commission + slippage
    if k.fills_in_parts:
        book.assets[a, USED] += size
    if k.record:
        log_fill(book, t, instant, a, delta, paid, commission, slippage, identity, reason)
    return Traded(
        cash - delta * paid * n.multiplier - commission,
        position_after(held, delta, paid, instant),
        commission + slippage,
    )


def new_identity(book: Book) -> float:
    """Return the number of the next order."""
    book.account[ORDERS] += 1.0
    return float(book.account[ORDERS])


def ask_to_close(
    k: Structure, n: Numbers, t: int, instant: float, a: int, reason: float, kept: float, units: float, book: Book
) -> float:
    """Write down the engine's own order to close a position, and return its number; those in flight but of side `kept` go."""
    cancel_all(k, n, t, a, kept, 1.0, book)
    identity = new_identity(book)
    if k.record:
        log_order(book, t, instant, a, identity, -units, 0.0, reason, math.nan, math.nan)
    return identity


def trade_at_once(
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
    """Close a position at raw `price` by the engine's own order; orders in flight are cancelled but those of side `kept`."""
    identity = ask_to_close(k, n, t, instant, a, reason, kept, held.units, book)
    if k.record:
        log_fate(book, identity, FILLED)
    return trade(k, n, t, instant, a, -held.units, price, identity, reason, math.nan, cash, held, market, book)


def slot_of(k: Structure, n: Numbers, a: int, bar: float) -> int:
    """Return where the order that is due at the asset's bar number `bar` waits."""
    if k.has_latency:
        slots = n.latency_bars + 1
        return a * slots + int(bar) % slots
    return a


def resting_slot(n: Numbers, a: int, book: Book) -> int:
    """Return where the asset's order that rests in the market is."""
    return int(book.assets.shape[0] * (n.latency_bars + 1) + a)


def exit_slot(n: Numbers, a: int, book: Book) -> int:
    """Return where what is left of the asset's protective exit waits."""
    return int(book.assets.shape[0] * (n.latency_bars + 2) + a)


def has_price(slot: int, book: Book) -> bool:
    """Return whether the order in `slot` has a limit or a stop."""
    order = book.orders
    return bool(order[slot, AT_LIMIT] == order[slot, AT_LIMIT] or order[slot, AT_STOP] == order[slot, AT_STOP])


def bars_seen(k: Structure, t: int, a: int, book: Book) -> float:
    """Return how many bars the asset has had, row `t` included."""
    if k.many:
        return float(book.assets[a, SEEN])
    return float(book.account[FIRST_ROW] + t + 1.0)


def cancel(k: Structure, t: int, instant: float, a: int, slot: int, book: Book) -> None:
    """Withdraw the order in `slot`, if there is one."""
    if book.orders[slot, ID] == 0.0:
        return
    if k.record:
        log_fate(book, book.orders[slot, ID], CANCELLED)
        log_event(book, t, instant, a, ORDER_CANCELLED, book.orders[slot, ID], 0.0)
    book.orders[slot, ID] = 0.0


def cancel_all(k: Structure, n: Numbers, t: int, a: int, kept: float, has_bar: float, book: Book) -> None:
    """Withdraw the asset's orders, the oldest first; targets of side `kept` stay, 0 = none.

    An asset that has a bar in this row (`has_bar` 1) may have an order that is due now; without one (0) the next bar's comes
    first.
    """
    if k.rests:
        rest = resting_slot(n, a, book)
        if book.orders[rest, TARGET] * kept <= 0.0:
            cancel(k, t, AT_CLOSE, a, rest, book)
    if k.fills_in_parts:
        cancel(k, t, AT_CLOSE, a, exit_slot(n, a, book), book)
    for bars_ahead in range(n.latency_bars + 1 if k.has_latency else 1):
        slot = slot_of(k, n, a, bars_seen(k, t, a, book) + bars_ahead + 1.0 - has_bar)
        if book.orders[slot, TARGET] * kept <= 0.0:
            cancel(k, t, AT_CLOSE, a, slot, book)


def is_waiting(k: Structure, n: Numbers, a: int, book: Book) -> bool:
    """Return whether an order at the market is in flight for the asset."""
    slots = n.latency_bars + 1 if k.has_latency else 1
    is_found = False
    if k.fills_in_parts:
        rest = resting_slot(n, a, book)
        is_left = book.orders[rest, ID] != 0.0 and not has_price(rest, book)
        is_found = bool(is_left or book.orders[exit_slot(n, a, book), ID] != 0.0)
    for slot in range(a * slots, (a + 1) * slots):
        if book.orders[slot, ID] != 0.0 and not (k.prices_orders and has_price(slot, book)):
            is_found = True
    return is_found


def is_growing(k: Structure, n: Numbers, a: int, units: float, book: Book) -> bool:
    """Return whether what is left of an order at the market adds to the `units` held."""
    if not k.fills_in_parts:
        return False
    rest = resting_slot(n, a, book)
    return bool(book.orders[rest, ID] != 0.0 and not has_price(rest, book) and book.orders[rest, SIDE] * units > 0.0)


def is_working(k: Structure, n: Numbers, a: int, book: Book) -> bool:
    """Return whether an order with a price is in flight for the asset, or rests in the market."""
    rest = resting_slot(n, a, book)
    is_found = bool(book.orders[rest, ID] != 0.0 and (not k.fills_in_parts or has_price(rest, book)))
    for slot in range(a * (n.latency_bars + 1), (a + 1) * (n.latency_bars + 1)):
        if book.orders[slot, ID] != 0.0 and has_price(slot, book):
            is_found = True
    return is_found


def units_ahead(k: Structure, n: Numbers, t: int, a: int, units: float, book: Book) -> float:
    """Return the units that the orders at the market in flight leave, all filled as asked; `units` where there are none."""
    if k.has_latency:
        for bars_ahead in range(1, n.latency_bars + 1):
            slot = slot_of(k, n, a, bars_seen(k, t, a, book) + bars_ahead)
            if book.orders[slot, ID] != 0.0 and not (k.prices_orders and has_price(slot, book)):
                units = book.orders[slot, ASKED_UNITS]
    return units


def ask(k: Structure, n: Numbers, t: int, a: int, wish: Wish, units: float, book: Book) -> None:
    """Put an order in flight, to be due at the asset's next bar plus latency; it replaces those due there already or later.

    Parameters
    ----------
    wish : Wish
    units : float
        Raw units held now.
    """
    delay = int(book.assets[a, WAITS]) if k.draws_latency else n.latency_bars
    slot = slot_of(k, n, a, bars_seen(k, t, a, book) + 1.0 + delay)
    for bars_ahead in range(delay, n.latency_bars + 1):
        cancel(k, t, AT_CLOSE, a, slot_of(k, n, a, bars_seen(k, t, a, book) + 1.0 + bars_ahead), book)
    identity = new_identity(book)
    if k.record:
        asked = wish.units - units_ahead(k, n, t, a, units, book)
        log_order(book, t, AT_CLOSE, a, identity, asked, wish.target, wish.reason, wish.limit, wish.stop)
    order = book.orders
    order[slot, ID] = identity
    order[slot, ROW] = book.account[FIRST_ROW] + t
    order[slot, TARGET] = wish.target
    order[slot, ASKED_UNITS] = wish.units
    order[slot, REASON] = wish.reason
    if k.rests:
        order[slot, AT_LIMIT] = wish.limit
        order[slot, AT_STOP] = wish.stop
        order[slot, SIDE] = 0.0
        order[slot, IS_BESIDE] = wish.is_beside
    if k.fills_in_parts:
        order[slot, FILLED_SO_FAR] = UNSIZED
        order[slot, MET] = -1.0


def order_delta(
    k: Structure, n: Numbers, slot: int, price: float, held: Position, row: Row, market: Market, book: Book
) -> float:
    """Return the units that the order in `slot` would trade at `price`, cash apart; one in the market never changes sides."""
    is_open = k.sizes_at_fill and (not k.fills_in_parts or book.orders[slot, FILLED_SO_FAR] == UNSIZED)
    if is_open or book.orders[slot, TARGET] == 0.0:
        delta = units_for(k, n, book.orders[slot, TARGET], row.equity, price, held.units, market) - held.units
    else:
        delta = float(book.orders[slot, ASKED_UNITS]) - held.units
    if k.rests and delta * book.orders[slot, SIDE] < 0.0:
        return 0.0
    return delta


def is_answerable(k: Structure, tape: Floats, t: int, a: int, slot: int, book: Book) -> bool:
    """Return whether the bar of row `t` opened no earlier than the order's decision; else it waits for the next one.

    With latency it always did: a whole bar of the asset lies between, and bars of one asset do not overlap.
    """
    if k.checks_opening and not k.has_latency:
        return bool(tape[ANSWERS, t, a] >= book.orders[slot, ROW])
    return True
