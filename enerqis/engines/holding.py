"""Holding over time: how long and over how many settlements a position is held, and what that costs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.engines.assets import assets_of, has_bar, units_of
from enerqis.engines.book import CARRY, COSTS, MARK, Book, Carried, Floats
from enerqis.engines.hooks import Numbers, cash_cost_of, holding_cost_of
from enerqis.engines.log import AT_CLOSE, FUNDING, log_event
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE
from enerqis.interfaces.engine import Ints, Job, Panel

NANOSECONDS_PER_HOUR = NANOSECONDS_PER_DAY // 24


class Spans(NamedTuple):
    """Days of 24 hours and settlements of each row, of shape (n_bars,): from the close before to the row's open, and inside."""

    days_before: Floats
    settled_before: Floats
    days_inside: Floats
    settled_inside: Floats


def settlement_hours(job: Job) -> tuple[int, ...]:
    """Return the hours of the day at which the job's carry settles; none where it settles at none."""
    hours: tuple[int, ...] = getattr(job.carry.params, "settlement_hours_utc", ()) if job.carry else ()
    return hours


def spans(panel: Panel, hours: tuple[int, ...], first: int) -> Spans:
    """Return how long the rows of a panel last, and how often funding is settled in them; 0 before the account begins.

    A row opens with the first of its bars, and not before the row before it has closed. A settlement at the very instant of a
    close is inside the row that closes. `first` is the account's first row, which begins at its open.
    """
    closes = panel.ts
    earliest = np.where(panel.ts_open < 0, np.iinfo(np.int64).max, panel.ts_open).min(axis=1)
    before = np.concatenate([np.minimum(earliest[:1], closes[:1]), closes[:-1]])
    opens = np.clip(earliest, before, closes)
    until_before, until_open, until_close = (settlements_until(each, hours) for each in (before, opens, closes))
    is_before, is_inside = (np.arange(closes.size) > first), (np.arange(closes.size) >= first)
    return Spans(
        np.where(is_before, (opens - before) / NANOSECONDS_PER_DAY, 0.0),
        np.where(is_before, (until_open - until_before).astype(float), 0.0),
        np.where(is_inside, (closes - opens) / NANOSECONDS_PER_DAY, 0.0),
        np.where(is_inside, (until_close - until_open).astype(float), 0.0),
    )


def settlements_until(instants: Ints, hours: tuple[int, ...]) -> Ints:
    """Return how many settlements lie between 1970 and each instant, it included; UTC ns."""
    day, within = np.divmod(instants, NANOSECONDS_PER_DAY)
    today = sum(((within >= hour * NANOSECONDS_PER_HOUR).astype(np.int64) for hour in set(hours)), np.zeros_like(day))
    count: Ints = day * len(set(hours)) + today
    return count


def carry_over(
    k: Structure, n: Numbers, tape: Floats, t: int, column: int, instant: float, now: Carried, book: Book
) -> Carried:
    """Pay for holding cash and positions over a span of row `t`; portable function of the loop.

    Parameters
    ----------
    column : int
        Of the tape: days of the span; the next column holds its settlements.
    instant : float
        AT_OPEN: positions count at their last close; AT_CLOSE: at the row's.
    """
    if k.carries:
        days = tape[column, t, 0]
        settlements = tape[column + 1, t, 0]
        paid = cash_cost_of(k, n, now.cash, days)
        for a in range(assets_of(k, tape)):
            units = units_of(k, a, now, book)
            if units != 0.0:
                is_marked_here = instant == AT_CLOSE and has_bar(k, tape, t, a)
                price = tape[CLOSE, t, a] if is_marked_here else book.assets[a, MARK]
                cost = holding_cost_of(k, n, units * math.fabs(price) * n.multiplier, days, settlements)
                paid += cost
                if k.record and settlements > 0.0 and cost != 0.0:
                    log_event(book, t, instant, a, FUNDING, settlements, cost)
        book.account[CARRY] += paid
        book.account[COSTS] += paid
        now = Carried(now.cash - paid, now.held, now.standing)
    return now
