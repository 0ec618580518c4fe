"""What the strategy saw: price and indicators of each symbol on the adjusted scale, with the fills."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.interfaces.report import ReportContent
from enerqis.pages.timeline import Timeline, figures, steps
from enerqis.quant.columns import integers
from enerqis.quant.downsampling import extreme_rows
from enerqis.quant.pauses import gap_rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_SYMBOLS = 40
MAX_FILLS = 6000
MIN_POINTS, MAX_POINTS = 250, 3000
VALUES_ON_PAGE = 80_000
"""Numbers that all price charts of a page share."""
NEAR = (0.5, 2.0)
"""An indicator whose values are within these multiples of the close, and move with it, is drawn over the price."""
MOVES_WITH = 0.6


def price_series(content: ReportContent, timeline: Timeline) -> list[dict[str, Any]]:
    """Return the series of the price charts as JSON, one entry a symbol, the most traded first where there are too many.

    Returns
    -------
    list of dict
        ``name``; ``t``, ``close`` and ``lines`` (each ``name``, ``panel``: "" over the price, ``values``), null within a
        gap of the bars; ``fills`` with
        ``t``, ``price`` (adjusted), ``units`` (raw), ``raw`` price and ``reason``.
    """
    symbols = _charted(content)
    names = [name for name in content.indicators.column_names if name not in ("ts", "symbol")]
    points = min(MAX_POINTS, max(MIN_POINTS, VALUES_ON_PAGE // max(1, len(symbols) * (2 + len(names)))))
    fills = _largest(content.evidence.fills, MAX_FILLS)
    return [_symbol_series(content, fills, symbol, names, timeline, points) for symbol in symbols]


def _symbol_series(
    content: ReportContent, fills: pa.Table, symbol: str, names: list[str], timeline: Timeline, points: int
) -> dict[str, Any]:
    bars = _of(content.bars, symbol).sort_by("ts")
    factor = np.cumprod(bars.column("split_factor").to_numpy())
    close = bars.column("close").to_numpy() * factor
    lines = {name: _aligned(content.indicators, symbol, name, integers(bars, "ts")) for name in names}
    panels = {name: "" if _lies_on_price(values, close) else name.split(".")[0] for name, values in lines.items()}
    t, rows = _drawn(timeline.of_closes(integers(bars, "ts")), close, points)
    return {
        "name": symbol,
        "t": steps(t),
        "close": figures(_at(close, rows)),
        "lines": [
            {"name": name, "panel": panels[name], "values": figures(_at(values, rows))}
            for name, values in lines.items()
            if np.isfinite(values).any()
        ],
        "fills": _fill_marks(_of(fills, symbol), integers(bars, "ts"), factor, timeline),
    }


def _drawn(t: Ints, close: Floats, points: int) -> tuple[Ints, Ints]:
    """Return the instants and the rows to draw, the rows on both sides of each gap among them; -1 within a gap."""
    gaps = gap_rows(t)
    rows = np.unique(np.concatenate([extreme_rows([close], points=points), gaps - 1, gaps]))
    places = np.searchsorted(rows, gaps)
    within = (t[gaps - 1] + t[gaps]) // 2
    return np.insert(t[rows], places, within), np.insert(rows, places, -1)


def _at(values: Floats, rows: Ints) -> Floats:
    """Return the values of rows; NaN where the row is -1."""
    return np.append(values, np.nan)[rows]


def _fill_marks(fills: pa.Table, closes: Ints, factor: Floats, timeline: Timeline) -> dict[str, Any]:
    ts, bar_ts = integers(fills, "ts"), integers(fills, "bar_ts")
    bar = np.maximum(np.searchsorted(closes, bar_ts, side="right") - 1, 0)
    price = fills.column("price").to_numpy()
    return {
        "t": steps(timeline.of_fills(ts, bar_ts)),
        "price": figures(price * factor[bar]),
        "raw": figures(price),
        "units": figures(fills.column("units").to_numpy()),
        "reason": fills.column("reason").to_pylist(),
    }


def _charted(content: ReportContent) -> list[str]:
    """Return the symbols to chart in their order, only the most traded ones where there are too many."""
    symbols: list[str] = sorted(pc.unique(content.bars.column("symbol")).to_pylist())
    if len(symbols) <= MAX_SYMBOLS:
        return symbols
    counts = {
        row["values"]: row["counts"] for row in pc.value_counts(content.evidence.fills.column("symbol")).to_pylist()
    }
    most = sorted(symbols, key=lambda symbol: (-counts.get(symbol, 0), symbol))[:MAX_SYMBOLS]
    return sorted(most)


def _largest(fills: pa.Table, count: int) -> pa.Table:
    """Return the fills of the largest notional, in time order."""
    if fills.num_rows <= count:
        return fills
    notional = np.abs(fills.column("units").to_numpy() * fills.column("price").to_numpy())
    kept = np.sort(np.argsort(-notional, kind="stable")[:count])
    return fills.take(pa.array(kept))


def _aligned(indicators: pa.Table, symbol: str, name: str, ts: Ints) -> Floats:
    """Return an indicator's value at each instant; NaN where it has none."""
    own = _of(indicators, symbol).sort_by("ts")
    values = np.full(len(ts), np.nan)
    if own.num_rows:
        own_ts = integers(own, "ts")
        at = np.minimum(np.searchsorted(own_ts, ts), len(own_ts) - 1)
        found = own.column(name).cast(pa.float64()).fill_null(np.nan).to_numpy()[at]
        values = np.where(own_ts[at] == ts, found, np.nan)
    return values


def _lies_on_price(values: Floats, close: Floats) -> bool:
    """Whether a series is a price too: about as high as the close, and moving with it."""
    known = np.isfinite(values) & (close > 0.0)
    if known.sum() < 2:
        return False
    ratio = values[known] / close[known]
    near = ((ratio > NEAR[0]) & (ratio < NEAR[1])).mean() > 0.95
    if not near or np.ptp(values[known]) == 0.0 or np.ptp(close[known]) == 0.0:
        return bool(near)
    return bool(np.corrcoef(values[known], close[known])[0, 1] > MOVES_WITH)


def _of(table: pa.Table, symbol: str) -> pa.Table:
    return table.filter(pc.equal(table.column("symbol"), symbol))
