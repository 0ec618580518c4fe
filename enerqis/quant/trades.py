"""Round trips from fills: what each position, from flat to flat, earned."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.tables import INSTANT, TRADES
from enerqis.quant.columns import integers

FLAT_TOLERANCE = 1e-9
"""A position smaller than this share of the units entered is flat: what float arithmetic leaves of fractional units."""


class Action(NamedTuple):
    """A split or dividend, effective at the open of the bar that closes at `bar_ts`, UTC ns."""

    bar_ts: int
    split_factor: float
    dividend: float


class Fill(NamedTuple):
    """One fill; `ts` and its bar's close in UTC ns, `units` signed and raw, `price` raw, the rest in the account's currency."""

    ts: int
    bar_ts: int
    units: float
    price: float
    commission: float
    slippage: float
    reason: str


@dataclass
class _Trip:
    """A round trip under way. Units count as they do after the splits so far."""

    symbol: str
    sign: float
    entry_ts: int
    entry_bar_ts: int
    entered_units: float = 0.0
    entered_value: float = 0.0
    exited_units: float = 0.0
    exited_value: float = 0.0
    income: float = 0.0
    commission: float = 0.0
    slippage: float = 0.0

    @property
    def held(self) -> float:
        """Units still held, not signed."""
        return self.entered_units - self.exited_units

    @property
    def is_flat(self) -> bool:
        """Whether nothing but rounding is left."""
        return self.held <= FLAT_TOLERANCE * self.entered_units

    def act(self, action: Action, multiplier: float) -> None:
        """Apply a split to the units, then pay the dividend on what is held."""
        self.entered_units *= action.split_factor
        self.exited_units *= action.split_factor
        self.income += self.sign * self.held * action.dividend * multiplier

    def trade(self, fill: Fill, units: float) -> None:
        """Book `units` (signed) of a fill, with their share of its costs."""
        share = units / fill.units
        self.commission += fill.commission * share
        self.slippage += fill.slippage * share
        if units * self.sign > 0.0:
            self.entered_units += abs(units)
            self.entered_value += abs(units) * fill.price
        else:
            self.exited_units += abs(units)
            self.exited_value += abs(units) * fill.price

    def row(
        self, *, exit_ts: int, exit_bar_ts: int, reason: str, multiplier: float, mark: float | None = None
    ) -> dict[str, Any]:
        """Return the row of `TRADES`; `mark` is the last close of a position still held."""
        exited_value = self.exited_value + (self.held * mark if mark is not None else 0.0)
        gross = self.sign * (exited_value - self.entered_value) * multiplier
        profit = gross + self.income - self.commission
        return {
            "symbol": self.symbol,
            "side": "long" if self.sign > 0.0 else "short",
            "entry_ts": self.entry_ts,
            "exit_ts": exit_ts,
            "units": self.entered_units,
            "entry_price": self.entered_value / self.entered_units,
            "exit_price": exited_value / self.entered_units,
            "profit": profit,
            "return_fraction": profit / abs(entered) if (entered := self.entered_value * multiplier) else math.nan,
            "costs": self.commission + self.slippage,
            "reason": reason,
            "is_open": mark is not None,
            "entry_bar_ts": self.entry_bar_ts,
            "exit_bar_ts": exit_bar_ts,
        }


def round_trips(fills: pa.Table, bars: pa.Table, *, contract_multiplier: float = 1.0) -> pa.Table:
    """Round trips of every symbol, from flat to flat; a fill through zero closes one and opens the next.

    Because a trip ends flat, first-in-first-out and average entry give the same profit; `entry_price` is the average over all
    its entries, so (exit_price - entry_price) x units x multiplier is the gain before costs and dividends. Profits of all
    trips together are the equity gained, less what interest or financing did. In one bar a split and a dividend
    (paid on the units after the split) come before fills.

    Parameters
    ----------
    fills : pyarrow.Table
        `enerqis.core.tables.FILLS`, in the order they happened.
    bars : pyarrow.Table
        `enerqis.core.tables.BARS` of the same symbols: splits, dividends and the close that open positions are marked at.
    contract_multiplier : float
        Account currency per point of price and unit.

    Returns
    -------
    pyarrow.Table
        `enerqis.core.tables.TRADES`, by entry, then symbol.
    """
    rows: list[dict[str, Any]] = []
    for symbol in pc.unique(fills.column("symbol")).to_pylist():
        own_bars = bars.filter(pc.equal(bars.column("symbol"), symbol)).sort_by("ts")
        events: list[Action | Fill] = [*_actions(own_bars), *_fills(fills, symbol)]
        events.sort(key=attrgetter("bar_ts"))
        rows.extend(_symbol_trips(symbol, events, own_bars, contract_multiplier))
    rows.sort(key=lambda row: (row["entry_ts"], row["symbol"]))
    columns = [_column([row[field.name] for row in rows], field) for field in TRADES]
    return pa.table(columns, schema=TRADES)


def traded_notional(fills: pa.Table, *, contract_multiplier: float = 1.0) -> float:
    """Return the notional of all fills, buys and sells together, in the account's currency."""
    notional = np.abs(fills.column("units").to_numpy() * fills.column("price").to_numpy())
    return float(notional.sum()) * contract_multiplier


def _symbol_trips(
    symbol: str, events: list[Action | Fill], bars: pa.Table, multiplier: float
) -> Iterator[dict[str, Any]]:
    trip: _Trip | None = None
    for event in events:
        if isinstance(event, Action):
            if trip is not None:
                trip.act(event, multiplier)
            continue
        left = event.units
        if trip is not None:
            closing = left * trip.sign < 0.0
            now = trip.sign * -min(abs(left), trip.held) if closing else left
            trip.trade(event, now)
            left = left - now if closing else 0.0
            if trip.is_flat:
                yield trip.row(exit_ts=event.ts, exit_bar_ts=event.bar_ts, reason=event.reason, multiplier=multiplier)
                trip = None
        if abs(left) > FLAT_TOLERANCE * abs(event.units):
            trip = _Trip(symbol, float(np.sign(left)), event.ts, event.bar_ts)
            trip.trade(event, left)
    if trip is not None:
        last_ts, last_close = int(integers(bars, "ts")[-1]), bars.column("close")[-1].as_py()
        yield trip.row(exit_ts=last_ts, exit_bar_ts=last_ts, reason="open", multiplier=multiplier, mark=last_close)


def _actions(bars: pa.Table) -> Iterator[Action]:
    happens = pc.or_(pc.not_equal(bars.column("split_factor"), 1.0), pc.not_equal(bars.column("dividend"), 0.0))
    rows = bars.filter(happens)
    instants = integers(rows, "ts").tolist()
    yield from map(Action, instants, rows.column("split_factor").to_pylist(), rows.column("dividend").to_pylist())


def _fills(fills: pa.Table, symbol: str) -> Iterator[Fill]:
    rows = fills.filter(pc.equal(fills.column("symbol"), symbol))
    instants = [integers(rows, name).tolist() for name in ("ts", "bar_ts")]
    rest = [rows.column(name).to_pylist() for name in ("units", "price", "commission", "slippage", "reason")]
    yield from map(Fill, *instants, *rest)


def _column(values: list[Any], field: pa.Field) -> pa.Array:
    return pa.array(values, pa.int64()).cast(INSTANT) if field.type == INSTANT else pa.array(values, field.type)
