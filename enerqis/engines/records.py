"""From the rows a kernel wrote down to the tables of a result."""

from __future__ import annotations

import math
import mmap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from enerqis.core.tables import EQUITY, FILLS, ORDERS, POSITIONS, TARGETS
from enerqis.engines.book import CURVE_CARRY, CURVE_ROWS, NOTED, Floats, Ints
from enerqis.engines.log import (
    AT_OPEN,
    CANCELLED,
    DELISTING,
    DIVIDEND_EVENT,
    EQUITY_LIMIT,
    EVENTS,
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
    SECTION_FIELDS,
    SECTIONS,
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

NAMES: dict[float, tuple[str, str, str]] = {
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

PAGE_FLOATS = 512
"""Floats of a page of memory: 4 KB, the smallest that systems hand out."""

ROWS_A_BAR = 48
"""Most rows of the journal that one asset fills in one bar."""


def journal_entries(rows: int, assets: int, latency_bars: int) -> int:
    """Return room for the journal of one tile; an order in flight leaves two rows at most when it is cancelled."""
    return rows * (assets * ROWS_A_BAR + 1) + 2 * assets * (latency_bars + 1)


def reserved(shape: tuple[int, int, int]) -> Floats:
    """Return zeros that take memory only where they are written, in small pages: room for what rarely comes."""
    count = math.prod(shape)
    if count == 0:
        return np.zeros(shape)
    zeros: Floats = np.frombuffer(mmap.mmap(-1, count * 8), dtype=np.float64, count=count).reshape(shape)
    return zeros


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
        self.curve = np.zeros((CURVE_ROWS, panel.ts.size))
        self.noted: list[list[Floats]] = [[np.empty((count, 0))] for count in SECTION_FIELDS]

    def reserve(self, first: int, last: int) -> None:
        """Touch the memory of the equity rows `first` to `last` before they are written: a new page costs as much as a bar.

        Carry stays as it is made, zeros that take no memory: few runs write it.
        """
        self.curve[:CURVE_CARRY, first:last:PAGE_FLOATS] = 0.0

    def take(self, first: int, journal: Floats, account: Floats) -> None:
        """Take over what the tile that begins at row `first` wrote, rows from the panel's start; empty the journal."""
        for section, parts in enumerate(self.noted):
            count = int(account[0, NOTED + section])
            if count:
                part = journal[section, :count, : SECTION_FIELDS[section]].T.copy()
                part[1] += first
                parts.append(part)
        account[0, NOTED : NOTED + SECTIONS] = 0.0

    def result(self) -> BacktestResult:
        """Return all tables."""
        orders = self._entries(ORDER)
        identity, final = self._entries(FATE)[3:]
        fate = np.zeros(orders[0].size + 1)
        fate[identity.astype(np.int64)] = final
        shown = fate != UNNEEDED
        shown[0] = False
        number = np.cumsum(shown)
        if not shown[1:].all():
            orders = [field[shown[1:]] for field in orders]
        return BacktestResult(
            orders=self._orders(orders, fate, number),
            fills=self._fills(self._entries(FILL), number),
            equity=self._equity(),
            positions=self._positions(self._entries(POSITION_CHANGE)),
            targets=self._targets(self._entries(TARGET_CHANGE)),
            audit=self._audit(np.concatenate(self.noted[EVENTS], axis=1), number),
        )

    def _entries(self, kind: float) -> list[Floats]:
        """Return the fields of all entries of one kind, the kind left out: each as one array, as columns take them."""
        parts = self.noted[int(kind)]
        return [np.concatenate(each) for each in zip(*(part[1:] for part in parts), strict=True)]

    def _instants(self, noted: Sequence[Floats]) -> Ints:
        """Return the instant of each entry, given row, instant and asset: the bar's open or its close."""
        row = noted[0].astype(np.int64)
        at_open = np.flatnonzero(noted[1] == AT_OPEN)
        found = self.panel.ts[row]
        opens = self.panel.ts_open[row[at_open], np.maximum(noted[2][at_open], 0.0).astype(np.int64)]
        found[at_open] = np.where(opens >= 0, opens, found[at_open])
        return found

    def _symbols(self, assets: Floats) -> pa.Array:
        return texts(self.panel.symbols, assets)

    def _orders(self, noted: Sequence[Floats], fate: Floats, number: Ints) -> pa.Table:
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

    def _fills(self, noted: Sequence[Floats], number: Ints) -> pa.Table:
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

    def _positions(self, noted: Sequence[Floats]) -> pa.Table:
        columns = [
            instants(self._instants(noted)),
            self._symbols(noted[2]),
            *(floats(noted[field]) for field in range(3, 6)),
        ]
        return pa.Table.from_arrays(columns, schema=POSITIONS)

    def _targets(self, noted: Sequence[Floats]) -> pa.Table:
        columns = [instants(self._instants(noted)), self._symbols(noted[2]), floats(noted[3])]
        return pa.Table.from_arrays(columns, schema=TARGETS)

    def _audit(self, noted: Floats, number: Ints) -> list[dict[str, Any]]:
        ts = self._instants(list(noted[1:]))
        return [self._event(int(each), entry, number) for each, entry in zip(ts, noted.T, strict=True)]

    def _event(self, ts: int, entry: Floats, number: Ints) -> dict[str, Any]:
        name, *keys = NAMES[float(entry[0])]
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
