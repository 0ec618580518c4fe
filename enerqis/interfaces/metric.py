"""The metric interface: figures from an equity curve and its trades.

A metric is one file with ``class XParams(MetricParams)`` and ``compute(params, evidence) -> dict[str, float]``; the keys are
the names under which ``data/metrics/EXPERIMENT.json`` and MLflow show the figures. A figure that does not exist (no trades, no
loss) is NaN and is left out of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.spec.base import Spec

Floats = npt.NDArray[np.float64]


class MetricParams(Spec):
    """Base of every metric's Params; subclasses add the literal ``kind``."""


@dataclass(frozen=True)
class Evidence:
    """What metrics are computed from.

    Parameters
    ----------
    returns : ndarray of shape (n_sessions,)
        Simple return of equity per trading session.
    benchmark_returns : ndarray of shape (n_sessions,)
        Simple return per session of buy-and-hold of the universe, equal weights at the start, without costs.
    sessions_per_year : float
        Sessions of the dataset's calendar per year of 365.25 days, counted over the run's own period.
    equity, fills, orders : pyarrow.Table
        As in `enerqis.core.tables`.
    trades : pyarrow.Table
        Round trips: symbol, side, entry_ts, exit_ts, units, entry_price, exit_price, profit, return_fraction, costs, reason.
    initial_cash : float
    """

    returns: Floats
    benchmark_returns: Floats
    sessions_per_year: float
    equity: pa.Table
    fills: pa.Table
    orders: pa.Table
    trades: pa.Table
    initial_cash: float
