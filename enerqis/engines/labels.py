"""Labels: streaming values that look back over a horizon, dated back to the bar where the horizon begins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from enerqis.core.tables import INSTANT
from enerqis.engines.panel import rows_from_series
from enerqis.interfaces.engine import Floats, Ints, Panel
from enerqis.interfaces.feature import AVAILABLE_AT


def label_rows(panel: Panel, series: Mapping[str, Floats], horizons: Mapping[str, int]) -> pa.Table:
    """Return labels as a table: ts, symbol, ``NAME.COLUMN`` ..., and ``NAME.available_at`` for each label.

    Parameters
    ----------
    panel : Panel
    series : mapping of ``NAME.COLUMN`` to ndarray of shape (n_bars, n_assets)
        Values known at the close of their row, about the bar that many bars of the asset before.
    horizons : mapping of NAME to int
        Bars.

    Returns
    -------
    pyarrow.Table
        A row for every bar there is. ``NAME.available_at`` is the instant at which the row's label is known; null, with NaN as
        value, where the asset has not so many bars left.
    """
    present = [np.flatnonzero(panel.ts_open[:, asset] >= 0) for asset in range(len(panel.symbols))]
    dated = {}
    for name, values in series.items():
        bars = horizons[name.partition(".")[0]]
        dated[name] = np.full_like(values, np.nan)
        for asset, rows in enumerate(present):
            dated[name][rows[:-bars], asset] = values[rows[bars:], asset]
    table = rows_from_series(panel, dated)
    for name, bars in horizons.items():
        known = pa.concat_arrays([_available_at(panel.ts[rows], bars) for rows in present])
        table = table.append_column(f"{name}.{AVAILABLE_AT}", known)
    return table


def _available_at(ts: Ints, bars: int) -> pa.Array:
    """Return when the labels of one asset's bars are known, null where never."""
    known = np.concatenate([ts[bars:], np.zeros(min(bars, ts.size), dtype=np.int64)])
    return pa.array(known, pa.int64(), mask=np.arange(ts.size) >= ts.size - bars).cast(INSTANT)
