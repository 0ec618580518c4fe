"""From the rows a kernel wrote down to the tables of a result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from enerqis.core.tables import EQUITY, FILLS, ORDERS, POSITIONS, TARGETS
from enerqis.engines.book import CURVE_ROWS, NOTED, Floats, Ints
from enerqis.engines.log import (
    AT_OPEN,
    CANCELLED,
    DELISTING,
    DIVIDEND_EVENT,
    EQUITY_LIMIT,
    FATE,
    FILL,
    FILLED,
    FUNDING,
    LIMIT_EXIT,
    MARGIN_CALLED,
    ORDER,
    ORDER_CANCELLED,
    ORDER_REDUCED,
    ORDER_REJECTED,
    POSITION_CHANGE,
    PROTECTIVE_EXIT,
    REJECTED,
    SPLIT_EVENT,
    STOP_TRIGGERED,
    TARGET_CHANGE,
    TARGET_LIMITED,
    UNNEEDED,
    WAITING,
)
from enerqis.interfaces.engine import BacktestResult, Panel, Span
from enerqis.io.arrow import floats, instants, integers, texts

STATUS = {WAITING: "open", FILLED: "filled", REJECTED: "rejected", CANCELLED: "cancelled"}
"""Names of the fates of an order; what needed no trade is not shown."""

EVENTS: dict[float, tuple[str, str, str]] = {
    SPLIT_EVENT: ("split", "split_factor", "units"),
    DIVIDEND_EVENT: ("dividend", "dividend", "cash"),
    ORDER_REJECTED: ("order_rejected", "order_id", "units"),
    ORDER_CANCELLED: ("order_cancelled", "order_id", ""),
    ORDER_REDUCED: ("order_reduced", "order_id", "units_left_out"),
    PROTECTIVE_EXIT: ("protective_exit", "price", "reason"),
    LIMIT_EXIT: ("limit_exit", "bars_held", "reason"),
    EQUITY_LIMIT: ("equity_limit", "scale", "reason"),
    TARGET_LIMITED: ("target_limited", "decided", "allowed"),
    DELISTING: ("delisted", "price", "units"),
    STOP_TRIGGERED: ("stop_triggered", "order_id", "stop"),
    FUNDING: ("funding", "settlements", "paid"),
    MARGIN_CALLED: ("margin_call", "equity", "required"),
}
"""Name of each event and of its two figures."""

ROWS_A_BAR = 42
"""Most rows of the journal that one asset fills in one bar."""


def journal_entries(rows: int, assets: int, latency_bars: int) -> int:
    """Return room for the journal of one tile; an order in flight leaves two rows at most when it is cancelled."""
    return rows * (assets * ROWS_A_BAR + 1) + 2 * assets * (latency_bars + 1)


def entries(journal: Floats, kind: float) -> Floats:
    """Return the entries of one kind, the kind left out: field by field, as columns take them."""
    found = np.flatnonzero(journal[0] == kind)
    return np.stack([field[found] for field in journal[1:]])


class Recorder:
    """Collects the journals of tiles and builds the tables.

    Parameters
    ----------
    panel : Panel
    reasons : sequence of str
        Names of the kernel's reason codes.
    rows : Span
        Rows of the account; the equity of no other is shown.
    """

    def __init__(self, panel: Panel, reasons: tuple[str, ...], rows: Span) -> None:
        self.panel = panel
        self.rows = rows
        self.reasons = reasons
        self.curve = np.empty((CURVE_ROWS, panel.ts.size))
        self.chunks: list[Floats] = []

    def take(self, first: int, journal: Floats, account: Floats) -> None:
        """Copy what the tile that begins at row `first` wrote, rows counted from the panel's start, and empty the journal."""
        noted = journal[:, : int(account[0, NOTED])].copy()
        noted[1] += first
        self.chunks.append(noted)
        account[0, NOTED] = 0.0

    def result(self) -> BacktestResult:
        """Return all tables."""
        journal = np.concatenate(self.chunks, axis=1)
        orders = entries(journal, ORDER)
        fates = entries(journal, FATE)
        fate = np.zeros(orders.shape[1] + 1)
        fate[fates[3].astype(np.int64)] = fates[4]
        shown = fate != UNNEEDED
        shown[0] = False
        number = np.cumsum(shown)
        return BacktestResult(
            orders=self._orders(orders[:, shown[1:]], fate, number),
            fills=self._fills(entries(journal, FILL), number),
            equity=self._equity(),
            positions=self._positions(entries(journal, POSITION_CHANGE)),
            targets=self._targets(entries(journal, TARGET_CHANGE)),
            audit=self._audit(journal[:, journal[0] > POSITION_CHANGE], number),
        )

    def _instants(self, noted: Floats) -> Ints:
        """Return the instant of each entry, given row, instant and asset: the bar's open or its close."""
        row = noted[0].astype(np.int64)
        opens = self.panel.ts_open[row, np.maximum(noted[2], 0.0).astype(np.int64)]
        found: Ints = np.where((noted[1] == AT_OPEN) & (opens >= 0), opens, self.panel.ts[row])
        return found

    def _symbols(self, assets: Floats) -> pa.Array:
        return texts(self.panel.symbols, assets)

    def _orders(self, noted: Floats, fate: Floats, number: Ints) -> pa.Table:
        identity = noted[3].astype(np.int64)
        columns = [
            integers(number[identity]),
            instants(self._instants(noted)),
            self._symbols(noted[2]),
            floats(noted[4]),
            floats(noted[5]),
            texts([STATUS[code] for code in sorted(STATUS)], fate[identity]),
            texts(self.reasons, noted[6]),
            floats(noted[7]),
            floats(noted[8]),
        ]
        return pa.Table.from_arrays(columns, schema=ORDERS)

    def _fills(self, noted: Floats, number: Ints) -> pa.Table:
        columns = [
            instants(self._instants(noted)),
            self._symbols(noted[2]),
            *(floats(noted[field]) for field in range(3, 7)),
            integers(number[noted[7].astype(np.int64)]),
            texts(self.reasons, noted[8]),
            instants(self.panel.ts[noted[0].astype(np.int64)]),
        ]
        return pa.Table.from_arrays(columns, schema=FILLS)

    def _equity(self) -> pa.Table:
        shown = slice(self.rows.first, self.rows.last)
        columns = [instants(self.panel.ts[shown]), *(floats(column[shown]) for column in self.curve)]
        return pa.Table.from_arrays(columns, schema=EQUITY)

    def _positions(self, noted: Floats) -> pa.Table:
        columns = [
            instants(self._instants(noted)),
            self._symbols(noted[2]),
            *(floats(noted[field]) for field in range(3, 6)),
        ]
        return pa.Table.from_arrays(columns, schema=POSITIONS)

    def _targets(self, noted: Floats) -> pa.Table:
        columns = [instants(self._instants(noted)), self._symbols(noted[2]), floats(noted[3])]
        return pa.Table.from_arrays(columns, schema=TARGETS)

    def _audit(self, noted: Floats, number: Ints) -> list[dict[str, Any]]:
        ts = self._instants(noted[1:])
        return [self._event(int(each), entry, number) for each, entry in zip(ts, noted.T, strict=True)]

    def _event(self, ts: int, entry: Floats, number: Ints) -> dict[str, Any]:
        name, *keys = EVENTS[float(entry[0])]
        event: dict[str, Any] = {"ts": ts, "event": name}
        if entry[3] >= 0.0:
            event["symbol"] = self.panel.symbols[int(entry[3])]
        for key, value in zip(keys, (float(entry[4]), float(entry[5])), strict=True):
            if key == "order_id":
                event[key] = int(number[int(value)])
            elif key == "reason":
                event[key] = self.reasons[int(value)]
            elif key:
                event[key] = value
        return event
