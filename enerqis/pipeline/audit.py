"""The audit trail of one backtest: its data, then orders, fills and what the engine and the limits did, by time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from enerqis.core.tables import INSTANT
from enerqis.interfaces.engine import BacktestResult

RANK = {"order": 1, "fill": 2}
"""Order of events of one instant: what the engine says first, then orders, then fills."""


def audit_events(result: BacktestResult, *, ingested: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the trail in order of time; instants are integers, UTC ns. No clock, host or path is in it.

    Parameters
    ----------
    result : BacktestResult
    ingested : dict
        Receipt of the dataset.
    """
    data = {
        "event": "data",
        "stage_id": ingested["stage_id"],
        "outputs": ingested["outputs"],
        "facts": ingested["facts"],
    }
    events = [*result.audit, *_rows(result.orders, "order"), *_rows(result.fills, "fill")]
    return [data, *sorted(events, key=lambda event: (event["ts"], RANK.get(event["event"], 0)))]


def _rows(table: pa.Table, event: str) -> Iterator[dict[str, Any]]:
    plain = table.cast(
        pa.schema([(each.name, pa.int64() if each.type == INSTANT else each.type) for each in table.schema])
    )
    for row in plain.to_pylist():
        yield {"event": event, **{key: None if value != value else value for key, value in row.items()}}
