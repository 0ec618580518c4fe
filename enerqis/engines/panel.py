"""From a table of bars to the arrays an engine runs on: one row an instant, one column an asset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.errors import StageError
from enerqis.interfaces.engine import Floats, Ints, Panel

ABSENT: Mapping[str, float] = {
    "open": np.nan,
    "high": np.nan,
    "low": np.nan,
    "close": np.nan,
    "volume": np.nan,
    "split_factor": 1.0,
    "dividend": 0.0,
}
"""Value of a column where an asset has no bar."""


def panel_from_bars(bars: pa.Table, symbols: Sequence[str], tick_size: float) -> Panel:
    """Return the bars of `symbols` on the union of their closing instants.

    Parameters
    ----------
    bars : pyarrow.Table
        `enerqis.core.tables.BARS`; each symbol sorted by ``ts``.
    symbols : sequence of str
        In the order that orders are made.
    tick_size : float
        Grid of raw prices; 0 = none.

    Raises
    ------
    StageError
        If a symbol has no bar, or a bar opens before the one before it has closed.
    """
    per_symbol = [bars.filter(pc.equal(bars.column("symbol"), symbol)) for symbol in symbols]
    for symbol, table in zip(symbols, per_symbol, strict=True):
        _check(symbol, _integers(table, "ts_open"), _integers(table, "ts"))
    instants = [_integers(table, "ts") for table in per_symbol]
    ts = np.unique(np.concatenate(instants))
    rows = [np.searchsorted(ts, each) for each in instants]
    spread = np.full((ts.size, len(symbols)), np.nan)
    session = np.zeros(ts.size, dtype=np.int64)
    ts_open = np.full((ts.size, len(symbols)), -1, dtype=np.int64)
    columns: dict[str, Floats] = {name: np.full((ts.size, len(symbols)), value) for name, value in ABSENT.items()}
    for asset, (table, row) in enumerate(zip(per_symbol, rows, strict=True)):
        session[row] = table.column("session").cast(pa.int32()).to_numpy()
        ts_open[row, asset] = _integers(table, "ts_open")
        for name, column in columns.items():
            column[row, asset] = table.column(name).to_numpy()
        spread[row, asset] = table.column("spread").to_numpy()
    return Panel(
        symbols=tuple(symbols),
        ts=ts,
        ts_open=ts_open,
        session=session,
        tick_size=np.full(len(symbols), tick_size),
        features={},
        spread=None if np.isnan(spread).all() else spread,
        **columns,
    )


def panel_until(panel: Panel, last: int) -> Panel:
    """Return the rows of a panel before row `last`; nothing is copied."""
    names = [each.name for each in fields(panel) if isinstance(getattr(panel, each.name), np.ndarray)]
    rows = {name: getattr(panel, name)[:last] for name in names if name != "tick_size"}
    return replace(panel, **rows, features={name: values[:last] for name, values in panel.features.items()})


def series_from_rows(panel: Panel, table: pa.Table, column: str) -> Floats:
    """Return one column of a table with ``ts`` and ``symbol`` as an array of shape (n_bars, n_assets); NaN where absent."""
    values: Floats = np.full(panel.close.shape, np.nan)
    for asset, symbol in enumerate(panel.symbols):
        rows = table.filter(pc.equal(table.column("symbol"), symbol))
        values[np.searchsorted(panel.ts, _integers(rows, "ts")), asset] = rows.column(column).to_numpy()
    return values


def rows_from_series(panel: Panel, series: Mapping[str, Floats]) -> pa.Table:
    """Return series of shape (n_bars, n_assets) as a table ``ts, symbol, NAME ...`` with a row for every bar there is."""
    present = [np.flatnonzero(panel.ts_open[:, asset] >= 0) for asset in range(len(panel.symbols))]
    columns: dict[str, pa.Array] = {
        "ts": pa.array(np.concatenate([panel.ts[rows] for rows in present]), pa.int64()).cast(
            pa.timestamp("ns", "UTC")
        ),
        "symbol": pa.array(
            np.repeat(np.array(panel.symbols, dtype=object), [rows.size for rows in present]), pa.string()
        ),
    }
    for name, values in series.items():
        columns[name] = pa.array(
            np.concatenate([values[rows, asset] for asset, rows in enumerate(present)]), pa.float64()
        )
    return pa.table(columns)


def _check(symbol: str, ts_open: Ints, ts: Ints) -> None:
    if ts.size == 0:
        raise StageError(f"{symbol}: no bar in the universe's period. Widen universe.start and universe.end.")
    if np.any(ts_open[1:] < ts[:-1]) or np.any(ts_open >= ts):
        raise StageError(f"{symbol}: bars overlap or end before they start. Mend the dataset's stamps and frequency.")


def _integers(table: pa.Table, name: str) -> Ints:
    values: Ints = table.column(name).cast(pa.int64()).to_numpy()
    return values
