"""One zipline simulation of one job: a trading algorithm whose clock stops at the bars that exist, and whose desk is ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from zipline.algorithm import TradingAlgorithm
from zipline.finance.trading import SimulationParameters
from zipline.gens.sim_engine import BAR, SESSION_END, SESSION_START
from zipline.utils.events import EventManager

from enerqis.core.errors import EnerqisError, StageError
from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.engines.log import REASONS
from enerqis.engines.panel import panel_until
from enerqis.engines.reference.actions import AdjustmentReader
from enerqis.engines.reference.algorithm import AlgorithmSeat, complaint, functions_of
from enerqis.engines.reference.bars import nanoseconds
from enerqis.engines.reference.desk import Desk
from enerqis.engines.reference.market import Market
from enerqis.engines.reference.performance import benchmark_returns, performance
from enerqis.engines.reference.positions import FractionalLedger
from enerqis.engines.reference.seat import Seat, StrategySeat
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.interfaces.strategy import is_algorithm


class RowEvents(EventManager):
    """zipline's events, run once a row: the desk has several zipline bars a row, the strategy is asked at the last.

    Parameters
    ----------
    desk : Desk
    seat : Seat
    events : list of zipline events
        Registered before.
    """

    def __init__(self, desk: Desk, seat: Seat, events: list[Any]) -> None:
        super().__init__()
        self._desk = desk
        self._seat = seat
        self._events = events

    def handle_data(self, context: Any, data: Any, dt: pd.Timestamp) -> None:
        """Let the seat answer, if this is the row's close."""
        if self._desk.is_asking:
            self._seat.answer(partial(super().handle_data, context, data, dt))


class DeskAlgorithm(TradingAlgorithm):
    """zipline's algorithm with a desk's clock: sessions of the calendar, inside them the rows of the panel and no other minute.

    Parameters
    ----------
    desk : Desk
    seat : Seat
    market : Market
    **options
        As of zipline's TradingAlgorithm.
    """

    def __init__(self, desk: Desk, seat: Seat, market: Market, **options: Any) -> None:
        self._desk = desk
        self._market = market
        super().__init__(
            blotter=desk.venue,
            sim_params=parameters(market),
            benchmark_returns=benchmark_returns(market),
            **options,
        )
        self.params: Any = None
        stock: Any = self.event_manager
        self.event_manager: Any = RowEvents(desk, seat, stock._events)

    def set_slippage(self, *arguments: Any, **options: Any) -> None:
        """Refuse: costs stand in the spec, where a receipt can see them."""
        raise StageError(
            "set_slippage and set_commission: costs come from the experiment's cost group. Remove the call."
        )

    set_commission = set_slippage

    def _create_metrics_tracker(self) -> Any:
        """Return zipline's tracker with a ledger of fractional units; sessions are looked up in a mapping."""
        tracker = super()._create_metrics_tracker()
        period = self.sim_params
        tracker._ledger = FractionalLedger(period.sessions, period.capital_base, period.data_frequency)
        calendar, sessions = self.trading_calendar, period.sessions
        bounds = dict(
            zip(sessions, zip(calendar.first_minutes[sessions], calendar.closes[sessions], strict=True), strict=True)
        )
        tracker._execution_open_and_close = lambda _calendar, session: bounds[session]
        return tracker

    def _create_clock(self) -> Iterator[tuple[pd.Timestamp, int]]:
        """Yield the events of the simulation; the desk is asked for them one by one, so that it knows what zipline did."""
        self._desk.till.tracker = self.metrics_tracker
        panel = self._market.panel
        sessions = self.sim_params.sessions
        starts = np.searchsorted(panel.session, nanoseconds(sessions) // NANOSECONDS_PER_DAY)
        ends = [*starts[1:].tolist(), panel.ts.size]
        closes = self.trading_calendar.closes[sessions]
        stamps = pd.DatetimeIndex(panel.ts, tz="UTC")
        for label, first, last, close in zip(sessions, starts.tolist(), ends, closes, strict=True):
            yield label, SESSION_START
            for row in range(first, last):
                for _ in self._desk.trade(row):
                    yield stamps[row], BAR
            yield (stamps[last - 1] if last > first else close), SESSION_END


def parameters(market: Market) -> SimulationParameters:
    """Return the period, the cash and the mode of the simulation."""
    return SimulationParameters(
        start_session=market.first_session,
        end_session=market.last_session,
        capital_base=market.job.execution.initial_cash,
        data_frequency="daily" if market.is_daily else "minute",
        trading_calendar=market.calendar,
    )


def simulate(job: Job) -> BacktestResult:
    """Run one job through zipline and return its tables, with zipline's own performance frame.

    Raises
    ------
    StageError
        If the strategy decides what cannot be traded, or a plain algorithm fails: with the line of its file.
    """
    market = Market(replace(job, panel=panel_until(job.panel, job.rows.last)))
    desk = Desk(job, market.assets, (*REASONS, *sorted(job.limits)))
    portal = market.portal(AdjustmentReader(market.panel, market.assets))
    if is_algorithm(job.strategy.module):
        functions = functions_of(job.strategy.module)
        algorithm = DeskAlgorithm(desk, AlgorithmSeat(desk), market, data_portal=portal, **functions)
        algorithm.params = job.strategy.params
    else:
        algorithm = DeskAlgorithm(desk, StrategySeat(desk), market, data_portal=portal)
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            frame = algorithm.run()
    except EnerqisError:
        raise
    except Exception as exc:
        said = complaint(exc, job.strategy.module)
        if said:
            raise StageError(said) from exc
        raise
    shown = performance(frame)
    begun = pc.greater_equal(shown.column("ts").cast(pa.int64()), int(job.panel.ts[job.rows.first]))
    return replace(desk.books.result(), own_tables={"performance": shown.filter(begun)})
