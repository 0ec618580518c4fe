"""From the rows a kernel wrote down to the tables of a result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from enerqis.core.tables import EQUITY, FILLS, INSTANT, ORDERS, POSITIONS, TARGETS
from enerqis.engines.book import Floats, Ints
from enerqis.engines.log import (
    CANCELLED,
    DELISTING,
    DIVIDEND,
    EQUITY_LIMIT,
    EVENT_LOG,
    FATE_LOG,
    FILL_LOG,
    FILLED,
    LIMIT_EXIT,
    LOG_COLUMNS,
    OPEN,
    ORDER_CANCELLED,
    ORDER_LOG,
    ORDER_REDUCED,
    ORDER_REJECTED,
    POSITION_LOG,
    PROTECTIVE_EXIT,
    REJECTED,
    SPLIT,
    TARGET_LIMITED,
    TARGET_LOG,
    UNNEEDED,
    Log,
)
from enerqis.interfaces.engine import BacktestResult, Panel

STATUS = {OPEN: "open", FILLED: "filled", REJECTED: "rejected", CANCELLED: "cancelled"}
"""Names of the fates of an order; what needed no trade is not shown."""

EVENTS: dict[float, tuple[str, str, str]] = {
    SPLIT: ("split", "split_factor", "units"),
    DIVIDEND: ("dividend", "dividend", "cash"),
    ORDER_REJECTED: ("order_rejected", "order_id", "units"),
    ORDER_CANCELLED: ("order_cancelled", "order_id", ""),
    ORDER_REDUCED: ("order_reduced", "order_id", "units_left_out"),
    PROTECTIVE_EXIT: ("protective_exit", "price", "reason"),
    LIMIT_EXIT: ("limit_exit", "bars_held", "reason"),
    EQUITY_LIMIT: ("equity_limit", "scale", "reason"),
    TARGET_LIMITED: ("target_limited", "decided", "allowed"),
    DELISTING: ("delisted", "price", "units"),
}
"""Name of each event and of its two figures."""

ORDERS_A_BAR, FILLS_A_BAR, EVENTS_A_BAR = 4, 3, 8
"""Most rows of one asset in one bar, an order's fates counted with orders."""


def empty_log(rows: int, assets: int, latency_bars: int, *, is_recording: bool) -> Log:
    """Return a log with room for `rows` bars of every asset; of size zero where nothing is recorded."""
    bars = rows * assets if is_recording else 0
    waiting = assets * (latency_bars + 1) if is_recording else 0
    room = (ORDERS_A_BAR, ORDERS_A_BAR, FILLS_A_BAR, EVENTS_A_BAR, 1, 1)
    more = (0, waiting, 0, rows + waiting, 0, 0)
    logs = [
        np.empty((bars * each + extra, columns)) for each, extra, columns in zip(room, more, LOG_COLUMNS, strict=True)
    ]
    orders, fates, fills, events, targets, positions = logs
    equity = np.empty((rows if is_recording else 0, 4))
    return Log(orders, fates, fills, events, targets, positions, equity, np.zeros(len(LOG_COLUMNS), dtype=np.int64))


class Recorder:
    """Collects the logs of tiles and builds the tables.

    Parameters
    ----------
    panel : Panel
    reasons : sequence of str
        Names of the kernel's reason codes.
    """

    def __init__(self, panel: Panel, reasons: tuple[str, ...]) -> None:
        self.panel = panel
        self.reasons = reasons
        self.equity = np.empty((panel.ts.size, 4))
        self.chunks: list[list[Floats]] = [[] for _ in LOG_COLUMNS]

    def take(self, log: Log) -> None:
        """Copy what a tile wrote and empty the log."""
        arrays = (log.orders, log.fates, log.fills, log.events, log.targets, log.positions)
        for chunk, array, count in zip(self.chunks, arrays, log.counts, strict=True):
            if count:
                chunk.append(array[:count].copy())
        log.counts[:] = 0

    def result(self) -> BacktestResult:
        """Return all tables."""
        fates = self._rows(FATE_LOG)
        orders = self._rows(ORDER_LOG)
        fate = np.zeros(orders.shape[0] + 1)
        fate[fates[:, 0].astype(np.int64)] = fates[:, 1]
        shown = fate != UNNEEDED
        shown[0] = False
        number = np.cumsum(shown)
        return BacktestResult(
            orders=self._orders(orders, fate, shown[1:], number),
            fills=self._fills(self._rows(FILL_LOG), number),
            equity=self._equity(),
            positions=self._positions(self._rows(POSITION_LOG)),
            targets=self._targets(self._rows(TARGET_LOG)),
            audit=self._audit(self._rows(EVENT_LOG), number),
        )

    def _rows(self, which: int) -> Floats:
        chunks = self.chunks[which]
        return np.concatenate(chunks) if chunks else np.empty((0, LOG_COLUMNS[which]))

    def _instants(self, rows: Floats, at_open: Floats, assets: Floats) -> Ints:
        """Return the instant of each row: the bar's open or its close."""
        row = rows.astype(np.int64)
        opens = self.panel.ts_open[row, assets.astype(np.int64)]
        return np.where((at_open != 0.0) & (opens >= 0), opens, self.panel.ts[row])

    def _symbols(self, assets: Floats) -> pa.Array:
        return pa.array(self.panel.symbols, pa.string()).take(pa.array(assets.astype(np.int64)))

    def _reasons(self, codes: Floats) -> pa.Array:
        return pa.array(self.reasons, pa.string()).take(pa.array(codes.astype(np.int64)))

    def _orders(self, rows: Floats, fate: Floats, shown: Any, number: Ints) -> pa.Table:
        rows = rows[shown]
        identity = rows[:, 3].astype(np.int64)
        status = pa.array([STATUS[code] for code in sorted(STATUS)], pa.string())
        return pa.table(
            [
                pa.array(number[identity]),
                instants(self._instants(rows[:, 0], rows[:, 1], rows[:, 2])),
                self._symbols(rows[:, 2]),
                pa.array(rows[:, 4]),
                pa.array(rows[:, 5]),
                status.take(pa.array(fate[identity].astype(np.int64))),
                self._reasons(rows[:, 6]),
            ],
            schema=ORDERS,
        )

    def _fills(self, rows: Floats, number: Ints) -> pa.Table:
        return pa.table(
            [
                instants(self._instants(rows[:, 0], rows[:, 1], rows[:, 2])),
                self._symbols(rows[:, 2]),
                *(pa.array(rows[:, column]) for column in range(3, 7)),
                pa.array(number[rows[:, 7].astype(np.int64)]),
                self._reasons(rows[:, 8]),
            ],
            schema=FILLS,
        )

    def _equity(self) -> pa.Table:
        columns = [pa.array(np.ascontiguousarray(self.equity[:, column])) for column in range(4)]
        return pa.table([instants(self.panel.ts), *columns], schema=EQUITY)

    def _positions(self, rows: Floats) -> pa.Table:
        columns = [pa.array(rows[:, column]) for column in range(2, 5)]
        return pa.table([instants(self._closes(rows)), self._symbols(rows[:, 1]), *columns], schema=POSITIONS)

    def _targets(self, rows: Floats) -> pa.Table:
        return pa.table([instants(self._closes(rows)), self._symbols(rows[:, 1]), pa.array(rows[:, 2])], schema=TARGETS)

    def _closes(self, rows: Floats) -> Ints:
        closes: Ints = self.panel.ts[rows[:, 0].astype(np.int64)]
        return closes

    def _audit(self, rows: Floats, number: Ints) -> list[dict[str, Any]]:
        ts = self._instants(rows[:, 0], rows[:, 1], np.maximum(rows[:, 2], 0.0))
        return [self._event(int(each), row, number) for each, row in zip(ts, rows, strict=True)]

    def _event(self, ts: int, row: Floats, number: Ints) -> dict[str, Any]:
        name, *keys = EVENTS[float(row[3])]
        event: dict[str, Any] = {"ts": ts, "event": name}
        if row[2] >= 0.0:
            event["symbol"] = self.panel.symbols[int(row[2])]
        for key, value in zip(keys, (float(row[4]), float(row[5])), strict=True):
            if key == "order_id":
                event[key] = int(number[int(value)])
            elif key == "reason":
                event[key] = self.reasons[int(value)]
            elif key:
                event[key] = value
        return event


def instants(ts: Ints) -> pa.Array:
    """Return UTC nanoseconds as a column of instants."""
    return pa.array(np.ascontiguousarray(ts), pa.int64()).cast(INSTANT)
