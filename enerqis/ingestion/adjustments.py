"""Splits and dividends of one symbol: given, or read off the adjusted close. Bars stay raw; the events stand beside them.

Let a(t) = adjusted close / close. Between two sessions without event a(t) stays the same. A split of f new units per old
moves it by f, a dividend of cash d by 1 / (1 - d / close before) (CRSP) or 1 + d / close on the ex-date (Quandl WIKI).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.ingestion.actions import Action
from enerqis.spec.dataset import Adjustments

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SPLIT_RATIO = 1.2
SPLIT_TERMS_MAX = 20
SPLIT_TOLERANCE = 0.01
SPLIT_DAY_CASH = 0.05
"""Most that a dividend on the day of a common split moves the adjustment; without one only the tolerance is left."""
NOISE = 2e-6
CASH_DECIMALS = 4


class Events(NamedTuple):
    """Arrays of shape (n_bars,).

    Parameters
    ----------
    split_factor : ndarray of float64
        New units per old, effective at the bar's open; 1 = none.
    dividend : ndarray of float64
        Cash per raw unit paid at the bar's open; 0 = none.
    """

    split_factor: Floats
    dividend: Floats


def no_events(bars: int) -> Events:
    """Return arrays in which nothing happens."""
    return Events(np.ones(bars), np.zeros(bars))


def events_from_adjusted_close(
    close: Floats, adjusted_close: Floats, adjustments: Adjustments, *, before: tuple[float, float] | None
) -> Events:
    """Return the splits and dividends that the adjusted close tells of.

    Parameters
    ----------
    close, adjusted_close : ndarray of shape (n_bars,)
        One symbol, sorted by time. Bars without an adjusted close tell nothing.
    adjustments : Adjustments
        What to look for, and the source's convention for dividends.
    before : tuple of (float, float) or None
        Close and adjusted close of the bar before the first.

    Returns
    -------
    Events
        A move of 20 % or more that is a ratio of small integers (see `split_factor_of`) is a split, any smaller one cash; what
        is left of a split's move is cash paid on the same day. Cash is rounded to 4 decimals.
    """
    events = no_events(len(close))
    known = np.flatnonzero(~np.isnan(adjusted_close))
    all_close = np.concatenate([[before[0]] if before else [], close[known]])
    all_adjusted = np.concatenate([[before[1]] if before else [], adjusted_close[known]])
    level = all_adjusted / all_close
    moves = level[1:] / level[:-1]
    bars = known if before else known[1:]
    for index in np.flatnonzero(np.abs(moves - 1.0) > NOISE):
        factor = split_factor_of(float(moves[index]))
        events.split_factor[bars[index]] = factor
        rest = float(moves[index]) / factor
        if adjustments.from_adjusted_close == "splits_and_dividends" and rest > 1.0 + NOISE:
            events.dividend[bars[index]] = _cash(rest, factor, adjustments, all_close[index : index + 2])
    return events


def split_factor_of(move: float) -> float:
    """Return the split that a move of the adjustment tells of; 1.0 = none.

    It is the ratio of smallest terms that the move lies within 1 % of. A common split (n for 1, 1 for n, 3 for 2) may leave up
    to 5 %: a dividend of the same day moves the adjustment on.
    """
    if 1.0 / SPLIT_RATIO < move < SPLIT_RATIO:
        return 1.0
    ratios = (
        Fraction(terms - below, below) for terms in range(2, 2 * SPLIT_TERMS_MAX + 1) for below in range(1, terms)
    )
    return next((float(each) for each in ratios if _tells_of(each, move)), 1.0)


def _tells_of(ratio: Fraction, move: float) -> bool:
    rest = move / float(ratio) - 1.0
    is_common = 1 in ratio.as_integer_ratio() or ratio == Fraction(3, 2)
    return -SPLIT_TOLERANCE <= rest <= (SPLIT_DAY_CASH if is_common else SPLIT_TOLERANCE)


def with_actions(
    events: Events, actions: Sequence[Action], session: Ints, *, after_day: int | None
) -> tuple[Events, int]:
    """Return `events` with actions put in, and how many of these came late; an action replaces what was found on its bar.

    Parameters
    ----------
    events : Events
    actions : sequence of Action
        Of one symbol, sorted by day. Each counts at the first bar of its session; where that has none, at the next bar: then it
        is late, and where several meet, split factors multiply and earlier dividends are told per unit after later splits.
    session : ndarray of shape (n_bars,)
        Days since 1970-01-01, sorted.
    after_day : int or None
        Last session of the bars before these; None = these are the symbol's first, and earlier actions do not count.
    """
    first = int(session[0]) if after_day is None else after_day + 1
    given, late = no_events(len(session)), 0
    for action in actions:
        if first <= action.day <= int(session[-1]):
            bar = np.searchsorted(session, action.day)
            late += int(session[bar] != action.day)
            given.split_factor[bar] *= action.split_factor
            given.dividend[bar] = given.dividend[bar] / action.split_factor + action.dividend
    return Events(
        np.where(given.split_factor != 1.0, given.split_factor, events.split_factor),
        np.where(given.dividend != 0.0, given.dividend, events.dividend),
    ), late


def _cash(rest: float, factor: float, adjustments: Adjustments, closes: Floats) -> float:
    """Return the dividend per raw unit of the ex-date's scale."""
    before, on_date = float(closes[0]) / factor, float(closes[1])
    cash = before * (1.0 - 1.0 / rest) if adjustments.dividend_base == "close_before" else on_date * (rest - 1.0)
    return round(cash, CASH_DECIMALS)
