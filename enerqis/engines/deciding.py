"""From decisions to orders: what the strategy said, what the limits leave of it, what is asked of the market."""

from __future__ import annotations

import math
from typing import Any

from enerqis.engines.assets import assets_of, has_bar, keep_standing, market_of, no_prices, position_of, standing_of
from enerqis.engines.book import (
    BLOCKED,
    BOUNDED,
    CROSS_ACCOUNT,
    CROSS_BAR,
    CROSS_TARGET,
    MARK,
    SEEN,
    SHOWN_TARGET,
    Book,
    Brake,
    Carried,
    Floats,
    Ints,
    Level,
    Marked,
    Position,
    Prices,
    Standing,
    Wish,
)
from enerqis.engines.hearing import heard
from enerqis.engines.hooks import (
    Numbers,
    book_scale,
    decide,
    decide_all,
    exit_reason,
    held_scale,
    strategy_state,
)
from enerqis.engines.log import AT_CLOSE, DECISION, LIMIT_EXIT, REBALANCE, TARGET_LIMITED, log_event, log_target
from enerqis.engines.resting import has_prices, price_named
from enerqis.engines.sizing import exposed, units_for
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, ENDS, FACTOR, HIGH, LOW, OPEN, VOLUME
from enerqis.engines.trading import ask, is_growing, is_waiting, is_working
from enerqis.interfaces.cost import Market
from enerqis.interfaces.strategy import Account, Bar, hold


def bar_of(k: Structure, tape: Floats, t: int, a: int, factor: float) -> Bar:
    """Return the bar on the forward-adjusted scale."""
    if k.has_actions:
        return Bar(
            tape[OPEN, t, a] * factor,
            tape[HIGH, t, a] * factor,
            tape[LOW, t, a] * factor,
            tape[CLOSE, t, a] * factor,
            tape[VOLUME, t, a] / factor,
        )
    return Bar(tape[OPEN, t, a], tape[HIGH, t, a], tape[LOW, t, a], tape[CLOSE, t, a], tape[VOLUME, t, a])


def account_of(held: Position, equity: float, factor: float) -> Account:
    """Return the account as the strategy sees it."""
    return Account(held.units / factor, held.entry_price * factor, held.bars_held, equity)


def is_order_due(
    k: Structure, n: Numbers, wanted: float, asked: float, units: float, close: float, equity: float
) -> bool:
    """Return whether a standing target is to be traded now."""
    if k.rebalances_always:
        return wanted != 0.0 or units != 0.0
    if k.rebalances_in_band:
        if wanted == 0.0:
            return units != 0.0
        return math.fabs(units * close * n.multiplier / equity - wanted) > n.band_fraction
    return wanted != asked


def is_leaving(k: Structure, n: Numbers, a: int, held: Position, standing: Standing, book: Book) -> bool:
    """Return whether the position is given up already: a decision of this row or an order in flight closes or turns it."""
    is_new = standing.is_changed != 0.0 and not (k.prices_orders and has_prices(standing))
    return standing.decided * held.units <= 0.0 and (is_new or is_waiting(k, n, a, book))


def late_reason(k: Structure, n: Numbers, t: int, a: int, held: Position, standing: Standing, book: Book) -> float:
    """Return the limit that closes the position for its age; -1 = none, or it is given up already."""
    if not k.limits_exit or held.units == 0.0:
        return -1.0
    found = exit_reason(k, n, held.bars_held)
    if found < 0.0:
        return -1.0
    is_given_up = is_leaving(k, n, a, held, standing, book)
    if is_given_up:
        return -1.0
    if k.record and (standing.asked != 0.0 or (k.prices_orders and has_prices(standing))):
        log_event(book, t, AT_CLOSE, a, LIMIT_EXIT, held.bars_held, found)
    return found


def is_calm(k: Structure, bounded: float, late: float, brake: Brake, cut: Level, standing: Standing) -> bool:
    """Return whether nothing is to be done: the target is asked for already, nothing is new, and no limit binds.

    A shortcut past `settle`, whose answer would be the same. Sums and products stand for several comparisons of numbers that
    are 0 or more and 1 or less: a quiet bar's time is that of its comparisons.
    """
    if k.record or k.prices_orders or k.rebalances_always or k.rebalances_in_band:
        return False
    unsettled = math.fabs(bounded - standing.asked) + standing.is_changed + standing.is_blocked
    return unsettled <= 0.0 and late < 0.0 and brake.factor * cut.price >= 1.0


def settle(
    k: Structure,
    n: Numbers,
    t: int,
    a: int,
    bounded: float,
    brake: Brake,
    cut: Level,
    close: float,
    equity: float,
    held: Position,
    standing: Standing,
    market: Market,
    book: Book,
) -> Standing:
    """Order what the asset's target asks for after all limits, and return what stands."""
    late = late_reason(k, n, t, a, held, standing, book)
    if is_calm(k, bounded, late, brake, cut, standing):
        return standing
    is_priced = k.prices_orders and has_prices(standing)
    is_stopped = brake.factor == 0.0 and (standing.decided != 0.0 or (k.prices_orders and is_priced))
    is_closed = late >= 0.0 or is_stopped
    is_overruled = is_stopped or (late >= 0.0 and standing.decided * held.units > 0.0)
    is_blocked = 1.0 if is_overruled and standing.is_changed == 0.0 else standing.is_blocked
    wanted = 0.0 if is_closed or is_blocked != 0.0 else bounded * brake.factor
    asked = standing.asked
    prices = standing.prices
    if is_asked(k, n, a, wanted, is_closed, is_priced, held, standing, close, equity, book):
        asked = wanted
        limit = math.nan
        stop = math.nan
        if k.prices_orders and is_priced and not is_closed:
            limit = prices.limit
            stop = prices.stop
            prices = Prices(limit, stop, 0.0)
        reason = order_reason(k, brake, standing, late, is_stopped)
        units = math.nan
        if not k.sizes_at_fill:
            units = units_for(k, n, wanted, equity, price_named(limit, stop, close), held.units, market)
        ask(k, n, t, a, Wish(wanted, units, reason, limit, stop, 0.0), held.units, book)
    elif k.limits_held and cut.price < 1.0 and held.units != 0.0:
        is_on_its_way = is_waiting(k, n, a, book)
        is_overdone = is_growing(k, n, a, held.units, book)
        if is_overdone or not is_on_its_way:
            target = held.units * close * n.multiplier / equity * cut.price
            units = math.nan if k.sizes_at_fill else units_for(k, n, target, equity, close, held.units, market)
            ask(
                k,
                n,
                t,
                a,
                Wish(target, units, cut.reason, math.nan, math.nan, 0.0 if is_overdone else 1.0),
                held.units,
                book,
            )
    if k.record and wanted != book.assets[a, SHOWN_TARGET]:
        book.assets[a, SHOWN_TARGET] = wanted
        log_target(book, t, a, wanted)
        if wanted != standing.decided and is_blocked == 0.0:
            log_event(book, t, AT_CLOSE, a, TARGET_LIMITED, standing.decided, wanted)
    is_changed = standing.is_changed if is_closed else 0.0
    if (
        k.prices_orders
        and is_priced
        and is_closed
        and is_changed == 0.0
        and (is_blocked != 0.0 or standing.decided == 0.0)
    ):
        prices = no_prices()
    return Standing(
        standing.decided, asked, is_blocked, standing.stop_loss, standing.take_profit, is_changed, standing.bounded,
        prices,
    )  # fmt: skip


def is_asked(
    k: Structure,
    n: Numbers,
    a: int,
    wanted: float,
    is_closed: bool,
    is_priced: bool,
    held: Position,
    standing: Standing,
    close: float,
    equity: float,
    book: Book,
) -> bool:
    """Return whether an order is made: a target with prices is asked for once, until it or they change.

    What a limit closes is closed at the market, and takes the place of an order that still works for its price.
    """
    if k.prices_orders and is_priced and not is_closed:
        return wanted != standing.asked or standing.prices.is_new != 0.0
    if is_order_due(k, n, wanted, standing.asked, held.units, close, equity):
        return True
    if k.prices_orders and is_priced:
        is_left_working = is_working(k, n, a, book)
        is_on_its_way = is_waiting(k, n, a, book)
        return is_left_working and not is_on_its_way
    return False


def order_reason(k: Structure, brake: Brake, standing: Standing, late: float, is_stopped: bool) -> float:
    """Return why an order is made: the limit that closes or shrinks, else the decision, else drift."""
    if is_stopped:
        return brake.reason
    if late >= 0.0:
        return late
    if standing.is_changed != 0.0 or (k.prices_orders and standing.prices.is_new != 0.0):
        return DECISION
    return brake.reason if k.limits_equity and brake.factor != 1.0 else REBALANCE


def decide_one(
    k: Structure, n: Numbers, tape: Floats, t: int, columns: Any, state: Any, marked: Marked, brake: Brake, now: Carried,
    book: Book,
) -> Carried:  # fmt: skip
    """Ask the strategy about the one asset, bound its target, and order what is due."""
    split = tape[FACTOR, t, 0] if k.has_actions else 1.0
    seen = account_of(now.held, marked.equity, split)
    decision = decide(k, n, state, bar_of(k, tape, t, 0, split), columns, t, 0, seen)
    standing = heard(k, n, t, 0, decision, now.standing, split, book)
    cut = Level(1.0, REBALANCE)
    if k.limits_held and now.held.units != 0.0:
        cut = held_scale(k, n, exposed(marked.gross, marked.equity), exposed(marked.net, marked.equity))
    close = tape[CLOSE, t, 0]
    market = market_of(k, tape, t, 0)
    standing = settle(k, n, t, 0, standing.bounded, brake, cut, close, marked.equity, now.held, standing, market, book)
    return Carried(now.cash, now.held, standing)


def decide_many(
    k: Structure, n: Numbers, tape: Floats, t: int, columns: Any, memory: Floats, places: Ints, marked: Marked,
    brake: Brake, book: Book, cross: Floats,
) -> None:  # fmt: skip
    """Ask the strategy about all assets, bound their targets together, and order what is due."""
    if k.cross_sectional:
        listen_across(k, n, tape, t, columns, memory, places, marked.equity, book, cross)
    else:
        listen(k, n, tape, t, columns, memory, places, marked.equity, book)
    settle_book(k, n, tape, t, brake, marked, book)


def listen(
    k: Structure,
    n: Numbers,
    tape: Floats,
    t: int,
    columns: Any,
    memory: Floats,
    places: Ints,
    equity: float,
    book: Book,
) -> None:
    """Ask a per-asset strategy about each asset that has a bar in row `t`."""
    for a in range(assets_of(k, tape)):
        if not has_bar(k, tape, t, a):
            continue
        factor = tape[FACTOR, t, a] if k.has_actions else 1.0
        account = account_of(position_of(book, a), equity, factor)
        state = strategy_state(memory, places, a)
        decision = decide(k, n, state, bar_of(k, tape, t, a, factor), columns, t, a, account)
        keep_standing(k, book, a, heard(k, n, t, a, decision, standing_of(k, book, a), factor, book))


def show_cross_section(k: Structure, tape: Floats, t: int, equity: float, book: Book, cross: Floats) -> None:
    """Write bars and accounts of row `t` into the scratch array; bars are NaN where an asset has none."""
    for a in range(assets_of(k, tape)):
        factor = tape[FACTOR, t, a] if k.has_actions else 1.0
        bar = bar_of(k, tape, t, a, factor)
        account = account_of(position_of(book, a), equity, factor)
        cross[CROSS_BAR, a] = bar.open
        cross[CROSS_BAR + 1, a] = bar.high
        cross[CROSS_BAR + 2, a] = bar.low
        cross[CROSS_BAR + 3, a] = bar.close
        cross[CROSS_BAR + 4, a] = bar.volume
        cross[CROSS_ACCOUNT, a] = account.units
        cross[CROSS_ACCOUNT + 1, a] = account.entry_price
        cross[CROSS_ACCOUNT + 2, a] = account.bars_held
        cross[CROSS_ACCOUNT + 3, a] = account.equity
        cross[CROSS_TARGET, a] = math.nan


def listen_across(
    k: Structure,
    n: Numbers,
    tape: Floats,
    t: int,
    columns: Any,
    memory: Floats,
    places: Ints,
    equity: float,
    book: Book,
    cross: Floats,
) -> None:
    """Ask a cross-sectional strategy about all assets at once; those that had no bar yet, or are delisted, are not heard."""
    show_cross_section(k, tape, t, equity, book, cross)
    decide_all(k, n, strategy_state(memory, places, 0), cross, columns, t)
    for a in range(assets_of(k, tape)):
        if book.assets[a, SEEN] > 0.0 and (tape[ENDS, t, a] == 0.0 or tape[ENDS, t, a] == 2.0):
            decision = hold(cross[CROSS_TARGET, a])
            keep_standing(k, book, a, heard(k, n, t, a, decision, standing_of(k, book, a), 1.0, book))


def settle_book(k: Structure, n: Numbers, tape: Floats, t: int, brake: Brake, marked: Marked, book: Book) -> None:
    """Bound the targets of all assets together and order what is due."""
    gross = 0.0
    net = 0.0
    for a in range(assets_of(k, tape)):
        bounded = 0.0 if book.assets[a, BLOCKED] != 0.0 else book.assets[a, BOUNDED]
        gross += math.fabs(bounded)
        net += bounded
    scale = book_scale(k, n, gross, net) if k.limits_scale or k.limits_held else 1.0
    cut = Level(1.0, REBALANCE)
    if k.limits_held:
        cut = held_scale(k, n, exposed(marked.gross, marked.equity), exposed(marked.net, marked.equity))
    for a in range(assets_of(k, tape)):
        if book.assets[a, SEEN] > 0.0:
            close = book.assets[a, MARK]
            held = position_of(book, a)
            standing = standing_of(k, book, a)
            bounded = standing.bounded * scale
            market = market_of(k, tape, t, a)
            standing = settle(k, n, t, a, bounded, brake, cut, close, marked.equity, held, standing, market, book)
            keep_standing(k, book, a, standing)
