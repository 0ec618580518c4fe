"""Inside a bar: protective exits and resting orders on the way from open to close, as they can come. Portable functions.

Of a bar only open, high, low and close are known. What lies on the same way from the open comes in the order of its distance;
of two ways `stops_first` takes the one against the position first. In the bar that fills an order, what must come after the
fill counts: the extreme on whose way it lay, and the close. Of the other extreme nobody knows: it counts where it hurts
(`stops_first`) or where it helps.
"""

from __future__ import annotations

import math

from enerqis.engines.answering import is_closing
from enerqis.engines.assets import assets_of, carried_of, has_bar, units_of
from enerqis.engines.book import AT_STOP, ID, Book, Carried, Floats
from enerqis.engines.filling import filled_at, own_row, row_at
from enerqis.engines.hooks import Numbers
from enerqis.engines.log import AT_CLOSE, AT_OPEN, FALLING, RISING
from enerqis.engines.protection import Exit, exit_in, guard, is_new, leave
from enerqis.engines.resting import Meeting, has_met, meeting, note_trigger
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, HIGH, LOW, OPEN
from enerqis.engines.trading import resting_slot


def go_inside(k: Structure, n: Numbers, tape: Floats, t: int, now: Carried, book: Book) -> Carried:
    """Go through the bars of row `t` from their open to their close, in the order of symbols."""
    if k.rests:
        for a in range(assets_of(k, tape)):
            is_held = units_of(k, a, now, book) != 0.0
            if has_bar(k, tape, t, a) and (is_held or book.orders[resting_slot(n, a, book), ID] != 0.0):
                now = go_through(k, n, tape, t, a, carried_of(k, a, now, book), book)
        return now
    return guard(k, n, tape, t, now, book)


def go_through(k: Structure, n: Numbers, tape: Floats, t: int, a: int, now: Carried, book: Book) -> Carried:
    """Go through one bar: a protective exit, the order that rests, an exit from what it opened."""
    rest = resting_slot(n, a, book)
    found = Exit(math.nan, AT_CLOSE, 0.0)
    is_left_alone = is_closing(k, n, a, now.held.units, book)
    if now.held.units != 0.0 and not is_left_alone and (k.stops_on_fill_bar or not is_new(k, a, now, book)):
        found = exit_in(k, tape[OPEN, t, a], tape[HIGH, t, a], tape[LOW, t, a], now)
    met = Meeting(math.nan, AT_CLOSE, 0.0)
    if book.orders[rest, ID] != 0.0 and not has_met(k, t, rest, book):
        met = meeting(k, tape, t, a, rest, book)
    is_left = found.price == found.price and (
        met.price != met.price or comes_first(k, tape[OPEN, t, a], found, met, now)
    )
    if is_left:
        now = leave(k, n, tape, t, a, found, now, book)
    if book.orders[rest, ID] == 0.0:
        return now
    if met.price == met.price:
        return meet(k, n, tape, t, a, met, now, book)
    if met.is_triggered != 0.0 and book.orders[rest, AT_STOP] == book.orders[rest, AT_STOP]:
        note_trigger(k, t, AT_CLOSE, a, rest, book)
    return now


def comes_first(k: Structure, opening: float, found: Exit, met: Meeting, now: Carried) -> bool:
    """Return whether a protective exit comes before the fill of the order that rests, where the bar holds both."""
    if found.instant == AT_OPEN:
        return True
    is_falling = found.price < opening
    if is_falling == (met.instant == FALLING):
        return bool(found.price >= met.price) if is_falling else bool(found.price <= met.price)
    is_against = is_falling == (now.held.units > 0.0)
    return is_against if k.stops_first else not is_against


def meet(k: Structure, n: Numbers, tape: Floats, t: int, a: int, met: Meeting, before: Carried, book: Book) -> Carried:
    """Fill the order that rests, then close what it leaves if what is left of the bar reaches a protective price."""
    rest = resting_slot(n, a, book)
    row = row_at(k, n, tape, t, AT_OPEN, before.cash, before.held, book)
    own = own_row(k, n, tape, t, AT_OPEN, a, met.price, before.held, row, book)
    now = filled_at(k, n, tape, t, met.instant, a, rest, met.price, before, row, own, book).now
    is_left_alone = is_closing(k, n, a, now.held.units, book)
    if now.held.units == 0.0 or is_left_alone or not (k.stops_on_fill_bar or not is_new(k, a, now, book)):
        return now
    close = tape[CLOSE, t, a]
    counts = (now.held.units > 0.0) == (k.stops_first == (met.instant == RISING))
    high = tape[HIGH, t, a] if met.instant == RISING or counts else close
    low = tape[LOW, t, a] if met.instant == FALLING or counts else close
    found = exit_in(k, met.price, high, low, now)
    if found.price != found.price:
        return now
    return leave(k, n, tape, t, a, Exit(found.price, AT_CLOSE, found.reason), now, book)
