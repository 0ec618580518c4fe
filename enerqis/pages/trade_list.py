"""The list of round trips as a page carries it, the largest ones where there are too many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from enerqis.pages.timeline import Timeline, figures
from enerqis.quant.columns import integers

MAX_TRADES = 4000


def trade_rows(trades: pa.Table, timeline: Timeline, *, most: int = MAX_TRADES) -> dict[str, Any]:
    """Return round trips as JSON columns.

    Parameters
    ----------
    trades : pyarrow.Table
        `enerqis.core.tables.TRADES`.
    timeline : Timeline
    most : int
        Trips to carry; of more, those of the largest absolute profit, in time order.

    Returns
    -------
    dict
        ``total`` (trips there are), then lists of one length: ``number``, ``symbol``, ``side``, ``entry``, ``exit`` (seconds
        since 1970), ``units``, ``entry_price``, ``exit_price``, ``profit``, ``return``, ``costs``, ``reason``, ``open``.
    """
    number = np.arange(trades.num_rows) + 1
    if trades.num_rows > most:
        profit = np.abs(trades.column("profit").to_numpy())
        kept = np.sort(np.argsort(-profit, kind="stable")[:most])
        number, trades_shown = number[kept], trades.take(pa.array(kept))
    else:
        trades_shown = trades
    numbers = {
        name: figures(trades_shown.column(name).to_numpy(), 8) for name in ("units", "entry_price", "exit_price")
    }
    return {
        "total": trades.num_rows,
        "number": number.tolist(),
        "symbol": trades_shown.column("symbol").to_pylist(),
        "side": trades_shown.column("side").to_pylist(),
        "entry": _placed(trades_shown, "entry", timeline),
        "exit": _placed(trades_shown, "exit", timeline),
        **numbers,
        "profit": figures(trades_shown.column("profit").to_numpy(), 8),
        "return": figures(trades_shown.column("return_fraction").to_numpy(), 5),
        "costs": figures(trades_shown.column("costs").to_numpy(), 6),
        "reason": trades_shown.column("reason").to_pylist(),
        "open": [int(each) for each in trades_shown.column("is_open").to_pylist()],
    }


def _placed(trades: pa.Table, end: str, timeline: Timeline) -> list[int]:
    """Return where one end of each trip stands."""
    places: list[int] = timeline.of_fills(integers(trades, f"{end}_ts"), integers(trades, f"{end}_bar_ts")).tolist()
    return places
