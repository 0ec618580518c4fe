"""Bars of one dataset on their way from rows to Parquet: arrays side by side, with the row each came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.core.tables import BARS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
PRICES = ("open", "high", "low", "close")
WIDTHS = {**dict.fromkeys(("code", "file"), np.int16), **dict.fromkeys(("ts_open", "ts", "session", "row"), np.int64)}
"""Types of the columns that are not float64."""


@dataclass(frozen=True)
class Bars:
    """Arrays of shape (n_bars,).

    Parameters
    ----------
    code : ndarray of int16
        Index of the symbol among the dataset's.
    ts_open, ts : ndarray of int64
        Instants of open and close, UTC ns.
    session : ndarray of int64
        Days since 1970-01-01.
    open, high, low, close, volume : ndarray of float64
        Raw prices in the quote currency, units.
    spread : ndarray of float64
        Ask less bid at the close; NaN where the source has none.
    adjusted_close : ndarray of float64
        The source's adjusted close; NaN where it has none.
    file : ndarray of int16
        Index of the raw file.
    row : ndarray of int64
        Data row in that file, 1 = first.
    """

    code: npt.NDArray[np.int16]
    ts_open: Ints
    ts: Ints
    session: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    spread: Floats
    adjusted_close: Floats
    file: npt.NDArray[np.int16]
    row: Ints

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, which: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> Bars:
        """Return the bars at `which`: positions, a mask or a slice."""
        return Bars(*(getattr(self, each.name)[which] for each in fields(self)))

    def columns(self) -> Iterator[npt.NDArray[Any]]:
        """Yield the arrays, in the order of the fields."""
        return (getattr(self, each.name) for each in fields(self))

    def put(self, start: int, bars: Bars) -> None:
        """Write `bars` over those from `start` on."""
        for column, values in zip(self.columns(), bars.columns(), strict=True):
            column[start : start + len(bars)] = values


def empty_bars(count: int) -> Bars:
    """Return `count` bars of no particular content."""
    return Bars(*(np.empty(count, WIDTHS.get(each.name, np.float64)) for each in fields(Bars)))


def bars_table(bars: Bars, symbol: str, *, split_factor: Floats, dividend: Floats) -> pa.Table:
    """Return the bars of one symbol in the schema that every later stage reads."""
    arrays = {
        "symbol": pa.repeat(pa.scalar(symbol, pa.string()), len(bars)),
        "ts_open": pa.array(bars.ts_open).cast(BARS.field("ts_open").type),
        "ts": pa.array(bars.ts).cast(BARS.field("ts").type),
        "session": pa.array(bars.session.astype(np.int32)).cast(pa.date32()),
        **{name: pa.array(getattr(bars, name)) for name in (*PRICES, "volume")},
        "split_factor": pa.array(split_factor),
        "dividend": pa.array(dividend),
        "spread": pa.array(bars.spread, from_pandas=True),
    }
    return pa.table(arrays, schema=BARS)
