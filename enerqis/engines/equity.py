"""The account's equity after each close: its watch, what limits on it say, what is written down. Portable functions."""

from __future__ import annotations

import math

from enerqis.engines.assets import position_of
from enerqis.engines.book import (
    CARRY,
    CURVE_CARRY,
    CURVE_CASH,
    CURVE_EQUITY,
    CURVE_GROSS,
    CURVE_NET,
    FIRST_ROW,
    LATCH,
    LATCH_REASON,
    MARK,
    SCALE,
    SHOWN_ENTRY,
    SHOWN_UNITS,
    Book,
    Brake,
    Carried,
    Floats,
    Marked,
    Watch,
)
from enerqis.engines.hooks import Numbers, equity_brake
from enerqis.engines.log import (
    AT_CLOSE,
    BANKRUPT,
    EQUITY_LIMIT,
    MARGIN_CALL,
    MARGIN_CALLED,
    REBALANCE,
    log_event,
    log_position,
)
from enerqis.engines.sizing import exposed
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, SESSION

ASKED_BELOW = 0.01
"""How far below an equity limits are asked too, as a fraction of it: in a loss new lows come one after the other."""


def begin_session(k: Structure, tape: Floats, t: int, watch: Watch, book: Book) -> Watch:
    """Return the watch of a new session where one begins: losses count from the last equity, its latch is released."""
    if k.limits_equity and tape[SESSION, t, 0] > 0.0:
        if book.account[LATCH] == 1.0:
            book.account[LATCH] = 0.0
        return Watch(watch.equity, watch.peak, watch.equity, math.inf)
    return watch


def watched(k: Structure, equity: float, watch: Watch) -> Watch:
    """Return the watch after a close."""
    if k.limits_equity and equity > watch.peak:
        return Watch(equity, equity, watch.session_equity, math.inf)
    return Watch(equity, watch.peak, watch.session_equity, watch.free_from)


def is_free(k: Structure, watch: Watch) -> bool:
    """Return whether limits on equity are known to leave targets alone, and nothing is to be noted of it."""
    return not (k.record or k.keeps_margin) and watch.equity >= watch.free_from


def braked(k: Structure, n: Numbers, t: int, watch: Watch, gross: float, book: Book) -> Brake:
    """Return the factor for all targets: of a latch, 0 when nothing or too little is left, of the limits on equity.

    `gross` is the notional held at the close. Limits are asked only below the equity from which on none is known to bind.
    """
    brake = Brake(1.0, REBALANCE, 0.0)
    if not watch.equity >= watch.free_from:
        if book.account[LATCH] > 0.0:
            brake = Brake(0.0, book.account[LATCH_REASON], 0.0)
        elif watch.equity <= 0.0:
            brake = Brake(0.0, BANKRUPT, 2.0)
        elif k.limits_equity:
            brake = equity_brake(k, n, watch.equity, watch.peak, watch.session_equity)
    if k.keeps_margin and brake.factor != 0.0 and watch.equity < n.maintenance_fraction * gross:
        brake = Brake(0.0, MARGIN_CALL, 0.0)
        if k.record and book.account[SCALE] != 0.0:
            log_event(book, t, AT_CLOSE, -1, MARGIN_CALLED, watch.equity, n.maintenance_fraction * gross)
            book.account[SCALE] = 0.0
    if brake.latch != 0.0:
        book.account[LATCH] = brake.latch
        book.account[LATCH_REASON] = brake.reason
    if k.record and brake.factor != book.account[SCALE]:
        log_event(book, t, AT_CLOSE, -1, EQUITY_LIMIT, brake.factor, brake.reason)
        book.account[SCALE] = brake.factor
    return brake


def freed(k: Structure, n: Numbers, watch: Watch, brake: Brake) -> Watch:
    """Return the watch with what the limits said of it: what leaves targets alone leaves them alone at any higher equity.

    So they are asked about a lower equity too: if they leave that alone, no new low above it needs them.
    """
    if brake.latch != 0.0:
        return Watch(watch.equity, watch.peak, watch.session_equity, math.inf)
    if brake.factor == 1.0 and watch.equity < watch.free_from:
        free_from = watch.equity
        if k.limits_equity:
            lower = watch.equity * (1.0 - ASKED_BELOW)
            found = equity_brake(k, n, lower, watch.peak, watch.session_equity)
            if found.factor == 1.0:
                free_from = lower
        return Watch(watch.equity, watch.peak, watch.session_equity, free_from)
    return watch


def write_down(k: Structure, tape: Floats, t: int, marked: Marked, now: Carried, book: Book) -> None:
    """Write the row of the equity curve, and the positions that changed; no units at a price below zero are 0, not -0."""
    if k.record:
        row = int(book.account[FIRST_ROW]) + t
        book.curve[CURVE_EQUITY, row] = marked.equity
        book.curve[CURVE_CASH, row] = now.cash
        book.curve[CURVE_GROSS, row] = exposed(marked.gross, marked.equity)
        book.curve[CURVE_NET, row] = exposed(marked.net, marked.equity) if marked.net != 0.0 else 0.0
        if k.carries:
            book.curve[CURVE_CARRY, row] = book.account[CARRY]
            book.account[CARRY] = 0.0
        show_positions(k, tape, t, now, book)
    else:
        book.curve[CURVE_EQUITY, t] = marked.equity
        book.curve[CURVE_GROSS, t] = exposed(marked.gross, marked.equity)


def show_positions(k: Structure, tape: Floats, t: int, now: Carried, book: Book) -> None:
    """Note every position whose units or entry price changed in row `t`."""
    for a in range(tape.shape[2] if k.many else 1):
        position = position_of(book, a) if k.many else now.held
        shown = book.assets
        if position.units != shown[a, SHOWN_UNITS] or position.entry_price != shown[a, SHOWN_ENTRY]:
            shown[a, SHOWN_UNITS] = position.units
            shown[a, SHOWN_ENTRY] = position.entry_price
            close = shown[a, MARK] if k.many else tape[CLOSE, t, 0]
            log_position(book, t, a, position.units, position.entry_price, close)
