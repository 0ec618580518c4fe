"""Positions of fractional units in zipline's ledger.

zipline keeps the units of a position as a whole number in compiled code. Its position's own arithmetic (fills, cost basis,
dividends) is ordinary Python, and runs here over a record that holds them as a float; only the two compiled loops over all
positions are written again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import zipline.protocol as protocol
from zipline.finance.ledger import Ledger, PositionTracker
from zipline.finance.position import Position


@dataclass
class Record:
    """What a position is, as zipline's compiled record names it, with `amount` in fractional units."""

    asset: Any
    amount: float = 0.0
    cost_basis: float = 0.0
    last_sale_price: float = 0.0
    last_sale_date: Any = None


@dataclass
class Totals:
    """What zipline's ledger and metrics ask of all positions together; account currency, and counts."""

    long_value: float = 0.0
    short_value: float = 0.0
    longs_count: int = 0
    shorts_count: int = 0

    def add(self, value: float) -> None:
        """Count one position of this value."""
        if value > 0.0:
            self.long_value += value
            self.longs_count += 1
        elif value < 0.0:
            self.short_value += value
            self.shorts_count += 1

    @property
    def net_value(self) -> float:
        """Longs less shorts."""
        return self.long_value + self.short_value

    @property
    def gross_value(self) -> float:
        """Longs and shorts together."""
        return self.long_value - self.short_value

    @property
    def long_exposure(self) -> float:
        """As the value: there are no futures here."""
        return self.long_value

    @property
    def short_exposure(self) -> float:
        """As the value."""
        return self.short_value

    @property
    def net_exposure(self) -> float:
        """As the value."""
        return self.net_value

    @property
    def gross_exposure(self) -> float:
        """As the value."""
        return self.gross_value


class FractionalPosition(Position):
    """zipline's position over a record of floats."""

    def __init__(self, asset: Any) -> None:
        record = Record(asset)
        object.__setattr__(self, "inner_position", record)
        object.__setattr__(self, "protocol_position", protocol.Position(record))


class FractionalTracker(PositionTracker):
    """zipline's tracker of positions, each of which may hold a fraction of a unit."""

    def execute_transaction(self, txn: Any) -> None:
        """Book a fill."""
        self.positions.setdefault(txn.asset, FractionalPosition(txn.asset))
        super().execute_transaction(txn)

    def sync_last_sale_prices(
        self, dt: pd.Timestamp, data_portal: Any, handle_non_market_minutes: bool = False
    ) -> None:
        """Mark every position at the market's price at `dt`."""
        self._dirty_stats = True
        for asset, position in self.positions.items():
            price = data_portal.get_scalar_asset_spot_value(asset, "price", dt, self.data_frequency)
            if price == price:
                position.last_sale_price = price
                position.last_sale_date = dt

    @property
    def stats(self) -> Any:
        """The totals of all positions, computed when something has changed."""
        if self._dirty_stats:
            self._stats = Totals()
            for position in self.positions.values():
                self._stats.add(position.amount * position.last_sale_price)
            self._dirty_stats = False
        return self._stats


class FractionalLedger(Ledger):
    """zipline's ledger over fractional positions; it writes returns into their array, which costs less than their series."""

    def __init__(self, trading_sessions: pd.DatetimeIndex, capital_base: float, data_frequency: str) -> None:
        super().__init__(trading_sessions, capital_base, data_frequency)
        self.position_tracker = FractionalTracker(data_frequency)

    def end_of_session(self, session_ix: int) -> None:
        """Save the session's return."""
        self.daily_returns_array[session_ix] = self.todays_returns
