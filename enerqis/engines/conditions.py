"""The market of each bar as a slippage looks at it: volume, spread and volatility as columns, all known by the bar's close."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.engine import Floats, Ints, Job, Panel


class Conditions(NamedTuple):
    """What `enerqis.interfaces.cost.Market` says, of shape (n_bars, n_assets); an asset without a bar keeps its last one's."""

    volume: Floats
    spread: Floats
    volatility: Floats


def volatility_bars(job: Job) -> int:
    """Return the window of the volatility that the job's slippage asks for; 0 = it asks for none."""
    return int(getattr(job.slippage.params, "volatility_bars", 0))


def conditions(panel: Panel, factor: Floats | None, *, volatility_bars: int) -> Conditions:
    """Return the market of each bar.

    Parameters
    ----------
    panel : Panel
    factor : ndarray of shape (n_bars, n_assets) or None
        Product of the split factors up to the row; None = no split.
    volatility_bars : int
        Returns that the volatility looks back over; 0 = NaN everywhere.
    """
    found = np.full((3, *panel.close.shape), np.nan)
    close = panel.close if factor is None else panel.close * factor
    for asset in range(len(panel.symbols)):
        rows = np.flatnonzero(~np.isnan(panel.close[:, asset]))
        known = [panel.volume[rows, asset], volatility(close[rows, asset], volatility_bars)]
        known.insert(1, np.full(rows.size, np.nan) if panel.spread is None else panel.spread[rows, asset])
        latest = np.searchsorted(rows, np.arange(panel.ts.size), side="right") - 1
        for column, values in enumerate(known):
            found[column, latest >= 0, asset] = values[latest[latest >= 0]]
    return Conditions(*found)


def volatility(close: Floats, bars: int) -> Floats:
    """Return the standard deviation (ddof=1) of the log returns per bar before each bar.

    Parameters
    ----------
    close : ndarray of shape (n_bars,)
        Prices of one asset on one scale.
    bars : int
        How many returns back; fewer at the start.

    Returns
    -------
    ndarray of shape (n_bars,)
        Known before the bar of its row opens; NaN before there are two returns, and where a price in the window is not
        positive.
    """
    found = np.full(close.size, np.nan)
    if bars < 2 or close.size < 3:
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = close[1:] / close[:-1]
    returns = np.array([math.log(ratio) if 0.0 < ratio < math.inf else math.nan for ratio in ratios.tolist()])
    for known in range(2, min(bars, returns.size)):
        found[known + 1] = _deviations(returns[:known], known)[0]
    full = _deviations(returns, bars) if returns.size >= bars else np.empty(0)
    places: Ints = np.arange(bars + 1, close.size)
    found[places] = full[: places.size]
    return found


def _deviations(returns: Floats, bars: int) -> Floats:
    """Return the standard deviation of each window of `bars` returns, summed from the oldest on."""
    windows = returns.size - bars + 1
    mean = sum((returns[lag : lag + windows] for lag in range(bars)), np.zeros(windows)) / bars
    squares = sum(((returns[lag : lag + windows] - mean) ** 2 for lag in range(bars)), np.zeros(windows))
    deviation: Floats = np.sqrt(squares / (bars - 1))
    return deviation
