"""The arrays that the portable functions read and write, kept in step with zipline's ledger."""

from __future__ import annotations

import numpy as np

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.engines.assets import keep_position, keep_standing, position_of, standing_of
from enerqis.engines.book import (
    ABSENT_PRICES,
    ACCOUNT_COLUMNS,
    ASSET_COLUMNS,
    CARRY,
    CROSS_SERIES,
    FAULT_ROW,
    MARK,
    NOTED,
    ORDER_COLUMNS,
    SCALE,
    SEEN,
    USED,
    Book,
    Floats,
    Position,
    Prices,
    Row,
    Standing,
)
from enerqis.engines.conditions import conditions, volatility_bars
from enerqis.engines.log import FALLING, JOURNAL_FIELDS, RISING, SECTIONS
from enerqis.engines.protection import after_exit, turning, without_prices
from enerqis.engines.records import Recorder, journal_entries
from enerqis.engines.series import growth
from enerqis.engines.structure import Structure
from enerqis.engines.tape import (
    ANSWERS,
    CLOSE,
    ENDS,
    FACTOR,
    HIGH,
    LOW,
    MARKET_COLUMNS,
    OPEN,
    SPLIT,
    SPREAD,
    STARTS,
    TRADED,
    VOLATILITY,
    VOLUME,
)
from enerqis.engines.trading import position_after
from enerqis.interfaces.cost import Market
from enerqis.interfaces.engine import BacktestResult, Job

DELISTED_NOW, LAST_ROW, GONE = 1.0, 2.0, -1.0
"""What the tape's column ENDS says of an asset."""


def empty_book(assets: int, latency_bars: int, curve: Floats) -> Book:
    """Return the arrays before the first bar; no order waits in them, those are zipline's."""
    book = Book(
        account=np.zeros(ACCOUNT_COLUMNS),
        assets=np.zeros((assets, ASSET_COLUMNS)),
        orders=np.zeros((assets, ORDER_COLUMNS)),
        journal=np.empty((SECTIONS, journal_entries(1, assets, latency_bars), JOURNAL_FIELDS)),
        curve=curve,
    )
    book.assets[:, list(ABSENT_PRICES)] = np.nan
    book.account[FAULT_ROW] = -1.0
    book.account[SCALE] = 1.0
    return book


class Books:
    """One row of the panel at a time, and what is remembered from row to row.

    Parameters
    ----------
    job : Job
    reasons : tuple of str
        Names of the reason codes.
    k : Structure
    """

    def __init__(self, job: Job, *, reasons: tuple[str, ...], k: Structure) -> None:
        panel, execution = job.panel, job.execution
        self._k = k
        assets = len(panel.symbols)
        self.panel = panel
        self.rows = job.rows
        self.multiplier = execution.contract_multiplier  # zipline units, and currency per point, of one unit of the job
        self._recorder = Recorder(panel, reasons, job.rows)
        self.book = empty_book(assets, execution.max_latency_bars, self._recorder.curve)
        self.row = -1
        self.tape = np.zeros((MARKET_COLUMNS, 1, assets))
        self.cross = np.zeros((CROSS_SERIES, assets))
        self._factor = growth(panel)
        self._conditions = conditions(panel, self._factor, volatility_bars=volatility_bars(job))
        self._delisted_after_ns = execution.delisted_after_days * NANOSECONDS_PER_DAY
        self._latest = np.full(assets, -1, dtype=np.int64)
        self._is_gone = np.zeros(assets, dtype=bool)

    def turn_to(self, row: int) -> None:
        """Show the next row; bars after it stay unseen."""
        panel, tape = self.panel, self.tape[:, 0]
        self.row = row
        for column, values in (
            (OPEN, panel.open), (HIGH, panel.high), (LOW, panel.low), (CLOSE, panel.close), (VOLUME, panel.volume),
        ):  # fmt: skip
            tape[column] = values[row]
        tape[SPLIT] = panel.split_factor[row]
        tape[FACTOR] = self._factor[row]
        for column, values in zip((TRADED, SPREAD, VOLATILITY), self._conditions, strict=True):
            tape[column] = values[row]
        opens = panel.ts_open[row]
        here = opens >= 0
        tape[STARTS] = here & (opens == min(opens[here], default=-1))
        tape[ANSWERS] = opens
        self._latest[here] = panel.ts[row]
        was_gone, self._is_gone = (
            self._is_gone,
            (self._latest >= 0) & (panel.ts[row] - self._latest > self._delisted_after_ns),
        )
        tape[ENDS] = LAST_ROW if row == self.rows.last - 1 else 0.0
        tape[ENDS][self._is_gone] = GONE
        tape[ENDS][self._is_gone & ~was_gone] = DELISTED_NOW
        self.book.assets[here, SEEN] += 1.0
        self.book.assets[:, USED] = 0.0

    def has_bar(self, asset: int) -> bool:
        """Return whether the asset has a bar in this row."""
        return bool(self.panel.ts_open[self.row, asset] >= 0)

    def market(self, asset: int) -> Market:
        """Return the asset's bar of this row, or its last one, as a slippage looks at it."""
        return Market(*(float(self.tape[column, 0, asset]) for column in (TRADED, SPREAD, VOLATILITY)))

    def factor(self, asset: int) -> float:
        """Return the product of the asset's split factors up to this row."""
        return float(self.tape[FACTOR, 0, asset])

    def position(self, asset: int) -> Position:
        """Return the asset's position as the strategy may see it."""
        return position_of(self.book, asset)

    def standing(self, asset: int) -> Standing:
        """Return what the strategy last said about the asset."""
        return standing_of(self._k, self.book, asset)

    def keep_standing(self, asset: int, standing: Standing) -> None:
        """Write what stands about the asset."""
        keep_standing(self._k, self.book, asset, standing)

    def forget_prices(self, asset: int) -> None:
        """Note that the order that had prices is done."""
        self.keep_standing(asset, without_prices(self.standing(asset)))

    def filled(self, asset: int, delta: float, price: float, instant: float, units: float) -> Position:
        """Return the position after a fill of `delta` units; `units` is what zipline's ledger now holds."""
        held = position_after(self.position(asset), delta, price, instant)
        held = held._replace(units=units)
        keep_position(self.book, asset, held)
        return held

    def split(self, asset: int, factor: float) -> Position:
        """Return the position after a split; protective prices and the mark follow."""
        held = self.position(asset)
        after = held._replace(
            units=held.units * factor, entry_price=held.entry_price / factor, best_price=held.best_price / factor
        )
        keep_position(self.book, asset, after)
        standing = self.standing(asset)
        prices = standing.prices
        self.keep_standing(
            asset,
            standing._replace(
                stop_loss=standing.stop_loss / factor,
                take_profit=standing.take_profit / factor,
                prices=Prices(prices.limit / factor, prices.stop / factor, prices.is_new),
            ),
        )
        self.book.assets[asset, MARK] /= factor
        return after

    def exited(self, asset: int, reason: float) -> float:
        """Settle what stands about an asset whose position a protective price closes; return the side whose orders stay."""
        standing, units = self.standing(asset), self.position(asset).units
        self.keep_standing(asset, after_exit(standing, units, reason))
        return turning(standing, units)

    def age(self) -> None:
        """Let every position whose asset has a bar grow one bar older."""
        for asset in self.held():
            if self.has_bar(asset):
                held, high, low = self.position(asset), self.tape[HIGH, 0, asset], self.tape[LOW, 0, asset]
                close = self.tape[CLOSE, 0, asset]
                high, low = close if held.is_new == FALLING else high, close if held.is_new == RISING else low
                best = max(held.best_price, high) if held.units > 0.0 else min(held.best_price, low)
                older = held._replace(best_price=best, bars_held=held.bars_held + 1.0, is_new=0.0)
                keep_position(self.book, asset, older)

    def held(self) -> list[int]:
        """Return the assets with a position, in the order of symbols."""
        places: list[int] = np.flatnonzero(self.book.assets[:, 0]).tolist()
        return places

    def mark(self) -> None:
        """Take the closes of this row as what the assets are worth."""
        close = self.tape[CLOSE, 0]
        here = ~np.isnan(close)
        self.book.assets[here, MARK] = close[here]

    def mark_at_fill(self, asset: int, column: int) -> float:
        """Return what the asset is worth when the row fills: its open if it opens with the row, its close, or its mark."""
        price = self.tape[column, 0, asset]
        is_known = self.has_bar(asset) and (column == CLOSE or self.tape[STARTS, 0, asset] == 1.0)
        return float(price if is_known else self.book.assets[asset, MARK])

    def worth(self, cash: float, column: int | None = None) -> tuple[Row, float]:
        """Return equity and gross notional, and net notional, by marks or as the row fills at `column`.

        Summed in the order of symbols, so that every engine has the same bits.
        """
        equity, gross, net = cash, 0.0, 0.0
        for asset in self.held():
            mark = float(self.book.assets[asset, MARK]) if column is None else self.mark_at_fill(asset, column)
            value = float(self.book.assets[asset, 0]) * mark * self.multiplier
            equity += value
            gross += abs(value)
            net += value
        return Row(equity, gross), net

    def write_equity(self, equity: float, cash: float, gross_exposure: float, net_exposure: float) -> None:
        """Write down the account at the close of this row."""
        self.book.curve[:, self.row] = equity, cash, gross_exposure, net_exposure, self.book.account[CARRY]
        self.book.account[CARRY] = 0.0

    def turn_over(self) -> None:
        """Hand what was noted in this row to the recorder; before the account's first row that is nothing of the account."""
        if self.row < self.rows.first:
            self.book.account[NOTED : NOTED + SECTIONS] = 0.0
            return
        self._recorder.take(self.row, self.book.journal, self.book.account[None, :])

    def result(self) -> BacktestResult:
        """Return all tables."""
        return self._recorder.result()
