"""The same trades in another order: which drawdown was luck of the order, and which belongs to the trades."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TILE_VALUES = 1 << 21


class Reordering(NamedTuple):
    """Drawdowns of many orders of the same trades.

    Parameters
    ----------
    drawdowns : ndarray of shape (draws,)
        Largest drawdown of each order, positive fraction of the running peak, sorted.
    recorded : float
        That of the order in which they happened.
    """

    drawdowns: Floats
    recorded: float

    @property
    def rank_fraction(self) -> float:
        """Share of orders with a drawdown no larger than the recorded one: 0.1 says that nine of ten would have been worse."""
        return float(np.mean(self.drawdowns <= self.recorded * (1.0 + 1e-12)))


def reordered(trade_returns: Floats, *, draws: int, seed: int) -> Reordering:
    """Shuffle trades and compound them, counted from trade to trade, so that losses inside a trade do not show.

    Parameters
    ----------
    trade_returns : ndarray of shape (n_trades,)
        Profit of each trade over the equity before it, in the order they ended.
    draws : int
    seed : int

    Returns
    -------
    Reordering
        The final equity is the same in every order; nothing is drawn twice, so that it says nothing of other trades.
    """
    generator = np.random.default_rng(seed)
    step = max(1, TILE_VALUES // max(1, len(trade_returns)))
    parts = []
    for start in range(0, draws, step):
        rows = np.tile(trade_returns, (min(step, draws - start), 1))
        parts.append(_largest(generator.permuted(rows, axis=1)))
    return Reordering(np.sort(np.concatenate(parts)), float(_largest(trade_returns[None])[0]))


def _largest(returns: Floats) -> Floats:
    """Return the largest drawdown of each row; one that loses all stays at 1."""
    equity = np.cumprod(np.maximum(1.0 + returns, 0.0), axis=1)
    peaks = np.maximum(np.maximum.accumulate(equity, axis=1), 1.0)
    worst: Floats = (1.0 - equity / peaks).max(axis=1, initial=0.0)
    return worst
