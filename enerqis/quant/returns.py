"""Returns per session and per month from values at each bar. Session and month are labels: no clock, no calendar here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def sessions_of(ts: Ints, *, bar_ts: Ints, bar_session: Ints) -> Ints:
    """Session of each instant: that of the last bar which closed at or before it.

    Parameters
    ----------
    ts : ndarray of shape (n_rows,)
        Instants, UTC ns.
    bar_ts, bar_session : ndarray of shape (n_bars,)
        Closing instant and session (days since 1970-01-01) of the bars, in any order.

    Returns
    -------
    ndarray of shape (n_rows,)
        Days since 1970-01-01; the first bar's session for instants before it.

    Raises
    ------
    ValueError
        If there are instants but no bars.
    """
    if len(ts) == 0:
        return ts
    if len(bar_ts) == 0:
        raise ValueError("no bars: instants have no session")
    order = np.argsort(bar_ts, kind="stable")
    last = np.searchsorted(bar_ts[order], ts, side="right") - 1
    sessions: Ints = bar_session[order][np.maximum(last, 0)]
    return sessions


def session_returns(values: Floats, sessions: Ints, *, initial: float) -> tuple[Ints, Floats]:
    """Simple return of each session, from the last value of the session before; of the first, from `initial`.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Equity at the close of each bar, in time order.
    sessions : ndarray of shape (n_rows,)
        Session of each row, non-decreasing.
    initial : float
        Value before the first row.

    Returns
    -------
    sessions : ndarray of shape (n_sessions,)
        Distinct sessions, increasing.
    returns : ndarray of shape (n_sessions,)
        Fractions; 0 after a session that ended with nothing (or less).
    """
    if len(values) == 0:
        return sessions[:0], values[:0]
    ends = np.append(np.flatnonzero(sessions[1:] != sessions[:-1]), len(values) - 1)
    closing = values[ends]
    before = np.concatenate(([initial], closing[:-1]))
    alive = before > 0.0
    returns = np.where(alive, closing / np.where(alive, before, 1.0) - 1.0, 0.0)
    return sessions[ends], returns


def on_every_session(sessions: Ints, returns: Floats, calendar_sessions: Ints) -> tuple[Ints, Floats]:
    """Spread returns over every session of the calendar: 0 where there was no bar, so that a year has all its sessions.

    Parameters
    ----------
    sessions, returns : ndarray of shape (n_sessions,)
        As `session_returns` gives them.
    calendar_sessions : ndarray of shape (n_days,)
        Sessions of the calendar, days since 1970-01-01, increasing.

    Returns
    -------
    sessions : ndarray of shape (n_all,)
        Those of the calendar from the first of `sessions` to its last, and `sessions` themselves.
    returns : ndarray of shape (n_all,)
        Fractions.
    """
    if len(sessions) == 0:
        return sessions, returns
    between = calendar_sessions[(calendar_sessions >= sessions[0]) & (calendar_sessions <= sessions[-1])]
    every = np.union1d(sessions, between)
    spread = np.zeros(len(every))
    spread[np.searchsorted(every, sessions)] = returns
    return every, spread


def compounded(returns: Floats) -> float:
    """Return the simple return over all of `returns` together."""
    return float(np.prod(1.0 + returns) - 1.0)


def growth(returns: Floats) -> Floats:
    """Return what one unit of money became after each session, shape (n_sessions,)."""
    values: Floats = np.multiply.accumulate(1.0 + returns)
    return values


def monthly_returns(sessions: Ints, returns: Floats) -> tuple[Ints, Floats]:
    """Compound returns per calendar month.

    Parameters
    ----------
    sessions : ndarray of shape (n_sessions,)
        Days since 1970-01-01, increasing.
    returns : ndarray of shape (n_sessions,)
        Fractions.

    Returns
    -------
    months : ndarray of shape (n_months,)
        Months since 1970-01.
    returns : ndarray of shape (n_months,)
        Fractions; months without a session are absent.
    """
    months = sessions.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    distinct, starts = np.unique(months, return_index=True)
    if len(distinct) == 0:
        return distinct, returns[:0]
    factors: Floats = np.multiply.reduceat(1.0 + returns, starts)
    return distinct, factors - 1.0
