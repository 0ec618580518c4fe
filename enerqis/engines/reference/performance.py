"""zipline's own view of a run: its benchmark, and its performance frame as a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from enerqis.core.tables import INSTANT
from enerqis.engines.panel import rows_from_series
from enerqis.engines.reference.bars import nanoseconds
from enerqis.engines.reference.market import Market
from enerqis.quant.benchmark import buy_and_hold
from enerqis.quant.rounding import significant


def benchmark_returns(market: Market) -> pd.Series:
    """Return what buying and holding the universe gave in each session of the calendar; 0 where there is no bar.

    Returns
    -------
    pandas.Series
        Simple returns, by the session's label, as zipline takes them.
    """
    panel = market.panel
    columns = {"close": panel.close, "split_factor": panel.split_factor, "dividend": panel.dividend}
    worth = buy_and_hold(rows_from_series(panel, columns), ts=panel.ts, initial_cash=1.0).column("equity").to_numpy()
    lasts = np.append(np.flatnonzero(np.diff(panel.session)), panel.session.size - 1)
    values = worth[lasts]
    returns = pd.Series(values / np.concatenate([[1.0], values[:-1]]) - 1.0, index=market.labels(panel.session[lasts]))
    sessions = market.calendar.sessions_in_range(market.first_session, market.last_session)
    return returns.reindex(sessions, fill_value=0.0)


def performance(frame: pd.DataFrame) -> pa.Table:
    """Return zipline's performance frame, a row a session.

    Its figures are running ones, most of them since the start; they come out of libraries and are therefore rounded to 12
    digits. Columns that hold objects (orders, transactions, positions) are left out: our tables have them.

    Parameters
    ----------
    frame : pandas.DataFrame
        What ``TradingAlgorithm.run`` returns.
    """
    closes = pa.array(nanoseconds(pd.DatetimeIndex(frame.index)), pa.int64()).cast(INSTANT)
    columns: dict[str, pa.Array] = {"ts": closes}
    for name in sorted(frame.columns):
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values):
            columns[name] = pa.array([significant(float(value)) for value in values], pa.float64())
    return pa.table(columns)
