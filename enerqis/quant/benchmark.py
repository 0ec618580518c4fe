"""Buy and hold: what the same money would have become without a strategy, the yardstick of every figure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.tables import BENCHMARK, INSTANT
from enerqis.quant.columns import integers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def buy_and_hold(bars: pa.Table, *, ts: Ints, initial_cash: float) -> pa.Table:
    """Value of the universe bought once and held: equal weights, fractional units, no costs.

    Each symbol gets an equal share of the cash, is bought at its first close (its share waits as cash until then) and marked at
    its last known close. Splits change the units, dividends are kept as cash.

    Parameters
    ----------
    bars : pyarrow.Table
        `enerqis.core.tables.BARS`, of the universe and period only.
    ts : ndarray of shape (n_rows,)
        Instants to value at, UTC ns, increasing.
    initial_cash : float
        Account currency.

    Returns
    -------
    pyarrow.Table
        `enerqis.core.tables.BENCHMARK`, one row an instant.

    Raises
    ------
    ValueError
        If there are no bars.
    """
    symbols = sorted(pc.unique(bars.column("symbol")).to_pylist())
    if not symbols:
        raise ValueError("no bars: nothing to buy and hold")
    growth = np.zeros(len(ts))
    for symbol in symbols:
        own = bars.filter(pc.equal(bars.column("symbol"), symbol)).sort_by("ts")
        growth += _growth(own, ts)
    equity = initial_cash * growth / len(symbols)
    return pa.table([pa.array(ts, pa.int64()).cast(INSTANT), pa.array(equity)], schema=BENCHMARK)


def _growth(bars: pa.Table, ts: Ints) -> Floats:
    """Return the value at each instant of one unit of cash put into one symbol at its first close above zero."""
    payable = np.flatnonzero(bars.column("close").to_numpy() > 0.0)
    if len(payable) == 0:
        return np.ones(len(ts))
    bars = bars.slice(int(payable[0]))
    close = bars.column("close").to_numpy()
    split_factor = bars.column("split_factor").to_numpy().copy()
    dividend = bars.column("dividend").to_numpy().copy()
    split_factor[0], dividend[0] = 1.0, 0.0  # both happen at the open, before the purchase
    units = np.cumprod(split_factor) / close[0]
    value = units * close + np.cumsum(units * dividend)
    known = np.searchsorted(integers(bars, "ts"), ts, side="right") - 1
    growth: Floats = np.where(known >= 0, value[np.maximum(known, 0)], 1.0)
    return growth
