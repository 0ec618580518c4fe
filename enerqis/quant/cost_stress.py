"""What dearer trading leaves: the costs that were paid, taken once more, or so many times that nothing is left."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HALVINGS = 60
"""Steps of the bisection: each halves what is unknown."""


def cost_shares(sessions: Ints, *, paid_sessions: Ints, paid: Floats, before: Floats) -> Floats:
    """Commission and slippage of each session, as a share of the equity before it.

    Parameters
    ----------
    sessions : ndarray of shape (n_sessions,)
        Days since 1970-01-01, increasing.
    paid_sessions, paid : ndarray of shape (n_fills,)
        Session of every fill, one of `sessions`, and what it cost, account currency.
    before : ndarray of shape (n_sessions,)
        Equity before each session, account currency.

    Returns
    -------
    ndarray of shape (n_sessions,)
        Fractions; 0 where nothing was paid or nothing was there.
    """
    total = np.zeros(len(sessions))
    np.add.at(total, np.searchsorted(sessions, paid_sessions), paid)
    shares: Floats = np.divide(total, before, out=np.zeros_like(total), where=before > 0.0)
    return shares


def charged(returns: Floats, shares: Floats, *, times: float) -> Floats:
    """Return the returns per session after the costs of each were taken that many more times; no session loses more than all.

    Exposures are fractions of equity, so that a smaller account trades, and pays, in proportion: the result is that of a run
    at those costs but for whole units, minimum commissions and limits that the smaller account meets.

    Parameters
    ----------
    returns, shares : ndarray of shape (n_sessions,)
    times : float
        1 = costs doubled; -1 = no costs at all.
    """
    left: Floats = np.maximum((1.0 + returns) * np.maximum(1.0 - times * shares, 0.0), 0.0) - 1.0
    return left


def break_even_multiple(returns: Floats, shares: Floats) -> float:
    """Multiple of the costs that were paid at which nothing is earned: 1 = the result is as it is.

    Returns
    -------
    float
        At least 0; NaN where it loses without any cost, infinity where nothing was paid.
    """
    if not shares.any():
        return math.inf

    def growth(multiple: float) -> float:
        return float(np.prod(1.0 + charged(returns, shares, times=multiple - 1.0)))

    low, high = 0.0, 1.0 + 1.0 / float(shares.max())
    if growth(low) < 1.0:
        return math.nan
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if growth(middle) >= 1.0 else (low, middle)
    return low
