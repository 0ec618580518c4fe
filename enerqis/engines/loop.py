"""The kernel's loop: one pass over the bars of a tile for one configuration, in readable Python.

The generator (`generate.py`) puts the job's strategy, costs and limits in the place of `hooks.py`, the structure's facts in the
place of ``k``, drops what cannot happen, and numba compiles the rest. Run uncompiled it is the oracle of its compiled forms.

The order of events in a row, each for all assets before the next:

1. carry from the close before; splits, then dividends, at the open;
2. due orders reach the market and fill at the open (``next_open``), with those that rest and whose price it is;
3. inside the bar, protective exits and resting orders; carry from the open to the close;
4. due orders fill at the close (``next_close``); delistings; closing at the last bar;
5. the account is marked at the close; limits on equity;
6. decisions, limits on targets, new orders.
"""

from __future__ import annotations

import math
from typing import Any

from enerqis.engines.accounting import age, close_out, count_bars, marked, take_actions
from enerqis.engines.arriving import arrive
from enerqis.engines.assets import keep_position, keep_standing, position_of, standing_of
from enerqis.engines.book import CASH, EQUITY, PEAK, SESSION_EQUITY, Book, Brake, Carried, Floats, Ints, Watch
from enerqis.engines.deciding import decide_many, decide_one
from enerqis.engines.equity import begin_session, braked, freed, is_free, watched, write_down
from enerqis.engines.filling import fill_due
from enerqis.engines.holding import carry_over
from enerqis.engines.hooks import Numbers, series_columns, strategy_state
from enerqis.engines.inside import go_inside
from enerqis.engines.log import AT_CLOSE, AT_OPEN, REBALANCE
from enerqis.engines.structure import Structure
from enerqis.engines.tallying import tally
from enerqis.engines.tape import DAYS_BEFORE, DAYS_INSIDE


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
    state: Any = strategy_state(memory, places, 0)
    account = book.account
    now = Carried(account[CASH], position_of(book, 0), standing_of(k, book, 0))
    watch = Watch(account[EQUITY], account[PEAK], account[SESSION_EQUITY], math.inf)

    for t in range(tape.shape[1]):
        count_bars(k, tape, t, book)
        watch = begin_session(k, tape, t, watch, book)
        now = carry_over(k, n, tape, t, DAYS_BEFORE, AT_OPEN, now, book)
        now = take_actions(k, n, tape, t, now, book)
        now = arrive(k, n, tape, t, now, book)
        if k.fills_at_open or k.rests:
            now = fill_due(k, n, tape, t, AT_OPEN, now, book)
        now = go_inside(k, n, tape, t, now, book)
        now = age(k, n, tape, t, now, book)
        now = carry_over(k, n, tape, t, DAYS_INSIDE, AT_CLOSE, now, book)
        if not k.fills_at_open:
            now = fill_due(k, n, tape, t, AT_CLOSE, now, book)
        now = close_out(k, n, tape, t, now, book)
        value = marked(k, n, tape, t, now, book)
        watch = watched(k, value.equity, watch)
        write_down(k, tape, t, value, now, book)
        brake = Brake(1.0, REBALANCE, 0.0)
        if not is_free(k, watch):
            brake = braked(k, n, t, watch, value.gross, book)
            watch = freed(k, n, watch, brake)
        if k.many:
            decide_many(k, n, tape, t, columns, memory, places, value, brake, book, cross)
        else:
            now = decide_one(k, n, tape, t, columns, state, value, brake, now, book)

    if not k.record:
        tally(account, book.curve, tape.shape[1])
    account[CASH] = now.cash
    account[EQUITY] = watch.equity
    account[PEAK] = watch.peak
    account[SESSION_EQUITY] = watch.session_equity
    if not k.many:
        keep_position(book, 0, now.held)
        keep_standing(k, book, 0, now.standing)
