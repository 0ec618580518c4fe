"""From decisions to orders: what the strategy said, what the limits leave of it, what is asked of the market."""

from __future__ import annotations

import math
from typing import Any

from enerqis.engines.accounting import assets_of, has_bar
from enerqis.engines.book import (
    BOUNDED,
    CROSS_ACCOUNT,
    CROSS_BAR,
    CROSS_TARGET,
    FAULT_ASSET,
    FAULT_FIELD,
    FAULT_ROW,
    FIRST_ROW,
    MARK,
    SEEN,
    SHOWN_TARGET,
    Book,
    Brake,
    Floats,
    Ints,
    Level,
    Position,
    Standing,
    keep_standing,
    position_of,
    standing_of,
)
from enerqis.engines.hooks import (
    Numbers,
    book_scale,
    bounded_target,
    decide,
    decide_all,
    exit_reason,
    held_scale,
    strategy_state,
)
from enerqis.engines.log import AT_CLOSE, DECISION, LIMIT_EXIT, REBALANCE, TARGET_LIMITED, log_event, log_target
from enerqis.engines.protection import side_of
from enerqis.engines.sizing import units_for
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, ENDS, FACTOR, HIGH, LOW, OPEN, VOLUME
from enerqis.engines.trading import ask, is_waiting
from enerqis.interfaces.strategy import Account, Bar, Decision, hold

GREATEST_TARGET = 1e6
"""A target beyond this is a defect of the strategy."""

FAULTS: tuple[str, ...] = ("limit", "stop", "target")
"""Fields of a decision that can be at fault, by number."""


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


def note_fault(t: int, a: int, field: float, book: Book) -> None:
    """Remember the first decision that cannot be honoured."""
    if book.account[FAULT_ROW] < 0.0:
        book.account[FAULT_ROW] = book.account[FIRST_ROW] + t
        book.account[FAULT_ASSET] = a
        book.account[FAULT_FIELD] = field


def heard(k: Structure, t: int, a: int, decision: Decision, standing: Standing, factor: float, book: Book) -> Standing:
    """Return what stands after a decision: NaN keeps, a new target unblocks, a new side forgets the protective prices."""
    decided = standing.decided
    is_blocked = standing.is_blocked
    stop_loss = standing.stop_loss
    take_profit = standing.take_profit
    is_changed = standing.is_changed
    if decision.target == decision.target and decision.target != decided:
        if math.fabs(decision.target) > GREATEST_TARGET:
            note_fault(t, a, 2.0, book)
            return standing
        if k.speaks_prices and side_of(decision.target) != side_of(decided):
            stop_loss = math.nan
            take_profit = math.nan
        decided = decision.target
        is_blocked = 0.0
        is_changed = 1.0
    if k.speaks_prices:
        if decision.limit == decision.limit:
            note_fault(t, a, 0.0, book)
        if decision.stop == decision.stop:
            note_fault(t, a, 1.0, book)
        if decision.stop_loss == decision.stop_loss:
            stop_loss = decision.stop_loss / factor
        if decision.take_profit == decision.take_profit:
            take_profit = decision.take_profit / factor
    return Standing(decided, standing.asked, is_blocked, stop_loss, take_profit, is_changed)


def allowed(k: Structure, n: Numbers, decided: float) -> float:
    """Return the decided target within the account's kind and the limits on one asset."""
    target = decided
    if not k.allows_short and target < 0.0:
        target = 0.0
    if k.limits_target:
        target = bounded_target(k, n, target)
    return target


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
    return standing.decided * held.units <= 0.0 and (standing.is_changed != 0.0 or is_waiting(k, n, a, book))


def settle(
    k: Structure,
    n: Numbers,
    t: int,
    a: int,
    bounded: float,
    scale: float,
    brake: Brake,
    cut: Level,
    close: float,
    equity: float,
    held: Position,
    standing: Standing,
    book: Book,
) -> Standing:
    """Order what the asset's target asks for after all limits, and return what stands."""
    is_blocked = standing.is_blocked
    is_closed = False
    reason = DECISION if standing.is_changed != 0.0 else REBALANCE
    if k.limits_equity and brake.factor != 1.0 and reason == REBALANCE:
        reason = brake.reason
    if k.limits_exit and held.units != 0.0:
        found = exit_reason(k, n, held.bars_held)
        if found >= 0.0 and not is_leaving(k, n, a, held, standing, book):
            if k.record and standing.asked != 0.0:
                log_event(book, t, AT_CLOSE, a, LIMIT_EXIT, held.bars_held, found)
            is_closed = True
            if standing.decided * held.units > 0.0 and standing.is_changed == 0.0:
                is_blocked = 1.0
            reason = found
    if brake.factor == 0.0 and standing.decided != 0.0:
        is_closed = True
        if standing.is_changed == 0.0:
            is_blocked = 1.0
        reason = brake.reason
    wanted = 0.0 if is_closed or is_blocked != 0.0 else bounded * scale * brake.factor
    asked = standing.asked
    if is_order_due(k, n, wanted, asked, held.units, close, equity):
        asked = wanted
        units = math.nan if k.sizes_at_fill else units_for(k, n, wanted, equity, close, held.units)
        ask(k, n, t, a, wanted, reason, units, held.units, book)
    elif k.limits_held and cut.price < 1.0 and held.units != 0.0 and not is_waiting(k, n, a, book):
        target = held.units * close * n.multiplier / equity * cut.price
        units = math.nan if k.sizes_at_fill else units_for(k, n, target, equity, close, held.units)
        ask(k, n, t, a, target, cut.reason, units, held.units, book)
    if k.record and wanted != book.assets[a, SHOWN_TARGET]:
        book.assets[a, SHOWN_TARGET] = wanted
        log_target(book, t, a, wanted)
        if wanted != standing.decided and is_blocked == 0.0:
            log_event(book, t, AT_CLOSE, a, TARGET_LIMITED, standing.decided, wanted)
    is_changed = standing.is_changed if is_closed else 0.0
    return Standing(standing.decided, asked, is_blocked, standing.stop_loss, standing.take_profit, is_changed)


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
        keep_standing(book, a, heard(k, t, a, decision, standing_of(book, a), factor, book))


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
            keep_standing(book, a, heard(k, t, a, decision, standing_of(book, a), 1.0, book))


def settle_book(
    k: Structure,
    n: Numbers,
    tape: Floats,
    t: int,
    brake: Brake,
    equity: float,
    gross: float,
    net: float,
    book: Book,
) -> None:
    """Bound the targets of all assets together and order what is due; `gross` and `net` are the exposures held."""
    decided_gross = 0.0
    decided_net = 0.0
    for a in range(assets_of(k, tape)):
        standing = standing_of(book, a)
        bounded = 0.0 if standing.is_blocked != 0.0 else allowed(k, n, standing.decided)
        book.assets[a, BOUNDED] = bounded
        decided_gross += math.fabs(bounded)
        decided_net += bounded
    scale = book_scale(k, n, decided_gross, decided_net) if k.limits_scale or k.limits_held else 1.0
    cut = held_scale(k, n, gross, net) if k.limits_held else Level(1.0, REBALANCE)
    for a in range(assets_of(k, tape)):
        if book.assets[a, SEEN] > 0.0:
            bounded = book.assets[a, BOUNDED]
            close = book.assets[a, MARK]
            held = position_of(book, a)
            standing = standing_of(book, a)
            standing = settle(k, n, t, a, bounded, scale, brake, cut, close, equity, held, standing, book)
            keep_standing(book, a, standing)
