"""The kernel's loop: one pass over the bars of a tile for one configuration, in readable Python.

The generator (`generate.py`) puts the job's strategy, costs and limits in the place of `hooks.py`, the structure's facts in the
place of ``k``, drops what cannot happen, and numba compiles the rest. Run uncompiled it is the oracle of its compiled forms.

The order of events in a row, each for all assets before the next:

1. splits, then dividends, at the open;
2. due orders fill at the open (``next_open``);
3. protective exits inside the bar;
4. due orders fill at the close (``next_close``); delistings; closing at the last bar;
5. the account is marked at the close; limits on equity;
6. decisions, limits on targets, new orders.
"""

from __future__ import annotations

import math
from typing import Any

from enerqis.engines.accounting import age, close_out, fill_due, guard, take_actions
from enerqis.engines.book import (
    CASH,
    DRAWDOWN,
    EQUITY,
    EXPOSURE,
    LATCH,
    LATCH_REASON,
    MARK,
    PEAK,
    SCALE,
    SEEN,
    SESSION_EQUITY,
    SHOWN_ENTRY,
    SHOWN_UNITS,
    SUM1,
    SUM2,
    SUM3,
    SUM4,
    Book,
    Brake,
    Floats,
    Ints,
    Level,
    Position,
    keep_position,
    keep_standing,
    position_of,
    standing_of,
)
from enerqis.engines.deciding import account_of, allowed, bar_of, heard, listen, listen_across, settle, settle_book
from enerqis.engines.hooks import Numbers, book_scale, decide, equity_brake, held_scale, series_columns, strategy_state
from enerqis.engines.log import AT_CLOSE, BANKRUPT, EQUITY_LIMIT, REBALANCE, log_event, log_position
from enerqis.engines.sizing import exposed
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, FACTOR, SESSION


def show_positions(k: Structure, tape: Floats, t: int, held: Position, book: Book) -> None:
    """Note every position whose units or entry price changed in row `t`."""
    for a in range(tape.shape[2]):
        position = position_of(book, a) if k.many else held
        shown = book.assets
        if position.units != shown[a, SHOWN_UNITS] or position.entry_price != shown[a, SHOWN_ENTRY]:
            shown[a, SHOWN_UNITS] = position.units
            shown[a, SHOWN_ENTRY] = position.entry_price
            close = shown[a, MARK] if k.many else tape[CLOSE, t, 0]
            log_position(book, t, a, position.units, position.entry_price, close)


def mark_assets(tape: Floats, t: int, book: Book) -> None:
    """Take the last close of each asset that has a bar in row `t`."""
    for a in range(tape.shape[2]):
        if tape[CLOSE, t, a] == tape[CLOSE, t, a]:
            book.assets[a, MARK] = tape[CLOSE, t, a]


def count_bars(tape: Floats, t: int, book: Book) -> None:
    """Count the bars that each asset has had."""
    for a in range(tape.shape[2]):
        if tape[CLOSE, t, a] == tape[CLOSE, t, a]:
            book.assets[a, SEEN] += 1.0


def braked(
    k: Structure, n: Numbers, equity: float, peak: float, session_equity: float, latch: float, latch_reason: float
) -> Brake:
    """Return the factor for all targets: of the limits on equity, of a latch, or 0 when nothing is left."""
    if latch != 0.0:
        return Brake(0.0, latch_reason, latch)
    if equity <= 0.0:
        return Brake(0.0, BANKRUPT, 2.0)
    if k.limits_equity:
        return equity_brake(k, n, equity, peak, session_equity)
    return Brake(1.0, REBALANCE, 0.0)


def run_tile(
    k: Structure,
    n: Numbers,
    tape: Floats,
    series: Floats,
    slots: Ints,
    memory: Floats,
    places: Ints,
    book: Book,
    cross: Floats,
) -> None:
    """Run the rows of one tile; everything that the next tile needs is left in `book` and `memory`.

    Parameters
    ----------
    k : Structure
    n : Numbers
    tape : ndarray of shape (n_columns, n_tile, n_assets)
        Bars of the tile, see `tape.py`.
    series : ndarray of shape (n_outputs, n_tile, n_assets)
        Indicator values of the tile.
    slots : ndarray of shape (n_slots,), int64
        Which of them this configuration reads.
    memory, places : ndarray
        State of the strategy, and where each of its arrays lies in it.
    book : Book
    cross : ndarray of shape (CROSS_SERIES + n_outputs, n_assets)
        Scratch of a cross-section.
    """
    columns = series_columns(series, slots)
    account = book.account
    cash = account[CASH]
    equity = account[EQUITY]
    peak = account[PEAK]
    session_equity = account[SESSION_EQUITY]
    scale_before = account[SCALE]
    latch = account[LATCH]
    latch_reason = account[LATCH_REASON]
    drawdown = account[DRAWDOWN]
    exposure = account[EXPOSURE]
    sum1 = account[SUM1]
    sum2 = account[SUM2]
    sum3 = account[SUM3]
    sum4 = account[SUM4]
    held = position_of(book, 0)
    standing = standing_of(book, 0)
    state: Any = strategy_state(memory, places, 0)

    for t in range(tape.shape[1]):
        if k.many:
            count_bars(tape, t, book)
        if k.has_actions:
            acted = take_actions(k, n, tape, t, cash, held, standing, book)
            cash = acted.cash
            held = acted.held
            standing = acted.standing
        if k.limits_equity and tape[SESSION, t, 0] != 0.0:
            session_equity = equity
            if latch == 1.0:
                latch = 0.0
        if k.fills_at_open:
            filled = fill_due(k, n, tape, t, 1.0, cash, held, book)
            cash = filled.cash
            held = filled.held
        if k.limits_stop or k.limits_profit or k.speaks_prices:
            guarded = guard(k, n, tape, t, cash, held, standing, book)
            cash = guarded.cash
            held = guarded.held
            standing = guarded.standing
        held = age(k, tape, t, held, book)
        if not k.fills_at_open:
            filled = fill_due(k, n, tape, t, 0.0, cash, held, book)
            cash = filled.cash
            held = filled.held
        if k.many or k.closes_last:
            closed = close_out(k, n, tape, t, cash, held, book)
            cash = closed.cash
            held = closed.held

        before = equity
        if k.many:
            mark_assets(tape, t, book)
            equity = cash
            gross = 0.0
            net = 0.0
            for a in range(tape.shape[2]):
                position = position_of(book, a)
                if position.units != 0.0:
                    value = position.units * book.assets[a, MARK] * n.multiplier
                    equity += value
                    gross += math.fabs(value)
                    net += value
        else:
            net = held.units * tape[CLOSE, t, 0] * n.multiplier
            equity = cash + net
            gross = math.fabs(net)
        if equity > peak:
            peak = equity
        if k.record:
            book.equity[t, 0] = equity
            book.equity[t, 1] = cash
            book.equity[t, 2] = exposed(gross, equity)
            book.equity[t, 3] = exposed(net, equity)
            show_positions(k, tape, t, held, book)
        else:
            if peak - equity > drawdown * peak:
                drawdown = (peak - equity) / peak
            exposure += exposed(gross, equity)
            change = equity / before - 1.0
            square = change * change
            sum1 += change
            sum2 += square
            sum3 += square * change
            sum4 += square * square

        brake = braked(k, n, equity, peak, session_equity, latch, latch_reason)
        if k.record and brake.factor != scale_before:
            log_event(book, t, AT_CLOSE, -1, EQUITY_LIMIT, brake.factor, brake.reason)
        scale_before = brake.factor
        if brake.latch != 0.0:
            latch = brake.latch
            latch_reason = brake.reason

        if k.many:
            if k.cross_sectional:
                listen_across(k, n, tape, t, columns, memory, places, equity, book, cross)
            else:
                listen(k, n, tape, t, columns, memory, places, equity, book)
            settle_book(k, n, tape, t, brake, equity, exposed(gross, equity), exposed(net, equity), book)
        else:
            close = tape[CLOSE, t, 0]
            split = tape[FACTOR, t, 0] if k.has_actions else 1.0
            seen = account_of(held, equity, split)
            decision = decide(k, n, state, bar_of(k, tape, t, 0, split), columns, t, 0, seen)
            standing = heard(k, t, 0, decision, standing, split, book)
            bounded = 0.0 if standing.is_blocked != 0.0 else allowed(k, n, standing.decided)
            scale = book_scale(k, n, math.fabs(bounded), bounded) if k.limits_scale or k.limits_held else 1.0
            cut = (
                held_scale(k, n, exposed(gross, equity), exposed(net, equity))
                if k.limits_held
                else Level(1.0, REBALANCE)
            )
            standing = settle(k, n, t, 0, bounded, scale, brake, cut, close, equity, held, standing, book)

    account[CASH] = cash
    account[EQUITY] = equity
    account[PEAK] = peak
    account[SESSION_EQUITY] = session_equity
    account[SCALE] = scale_before
    account[LATCH] = latch
    account[LATCH_REASON] = latch_reason
    account[DRAWDOWN] = drawdown
    account[EXPOSURE] = exposure
    account[SUM1] = sum1
    account[SUM2] = sum2
    account[SUM3] = sum3
    account[SUM4] = sum4
    if not k.many:
        keep_position(book, 0, held)
        keep_standing(book, 0, standing)
