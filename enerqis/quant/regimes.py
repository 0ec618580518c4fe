"""Regimes of a market: sessions split by the volatility and the trend of a benchmark, and what a strategy did in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.quant.moments import deviation, mean, quotient
from enerqis.quant.sharpe import PeriodSharpe

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Regime(NamedTuple):
    """What returns were in some of the sessions.

    Parameters
    ----------
    sessions : int
    mean : float
        Mean simple return per session.
    sharpe : PeriodSharpe
    """

    sessions: int
    mean: float
    sharpe: PeriodSharpe


def regimes(benchmark_returns: Floats, *, window: int) -> dict[str, Bools]:
    """Split sessions by what the benchmark did in the window before each; the first `window` sessions are in none.

    Parameters
    ----------
    benchmark_returns : ndarray of shape (n_sessions,)
    window : int
        Sessions looked back at, the session itself not among them: a regime is known when its session begins.

    Returns
    -------
    dict of str to ndarray of shape (n_sessions,)
        ``rising`` and ``falling`` by the sign of the return over the window; ``calm``, ``usual`` and ``rough`` by thirds of
        its deviation, the thirds being those of the whole period: a description, nothing to trade on.
    """
    count = len(benchmark_returns)
    known = np.arange(count) >= window
    if not known.any():
        return {name: np.zeros(count, dtype=np.bool_) for name in ("rising", "falling", "calm", "usual", "rough")}
    windows = np.lib.stride_tricks.sliding_window_view(benchmark_returns, window)[:-1]
    trend = np.full(count, np.nan)
    trend[window:] = (1.0 + windows).prod(axis=1) - 1.0
    volatility = np.full(count, np.nan)
    volatility[window:] = windows.std(axis=1, ddof=1)
    low, high = np.quantile(volatility[known], [1 / 3, 2 / 3])
    return {
        "rising": known & (trend > 0.0),
        "falling": known & (trend <= 0.0),
        "calm": known & (volatility <= low),
        "usual": known & (volatility > low) & (volatility <= high),
        "rough": known & (volatility > high),
    }


def by_regime(returns: Floats, split: Mapping[str, Bools]) -> dict[str, Regime]:
    """Return what a strategy's returns per session were in each regime."""
    return {name: _regime(returns[chosen]) for name, chosen in split.items()}


def _regime(returns: Floats) -> Regime:
    average = mean(returns)
    return Regime(len(returns), average, PeriodSharpe(quotient(average, deviation(returns))))
