"""The market as zipline knows it: a bounded calendar, assets that outlive the panel, exact bars, nothing on disk."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from zipline.assets import Asset, AssetDBWriter, AssetFinder
from zipline.data.data_portal import DEFAULT_DAILY_HISTORY_PREFETCH, DEFAULT_MINUTE_HISTORY_PREFETCH, DataPortal
from zipline.data.history_loader import DailyHistoryLoader, MinuteHistoryLoader
from zipline.utils.calendar_utils import get_calendar

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.engines.book import Ints
from enerqis.engines.reference.bars import ExactMinuteBars, ExactSessionBars, columns_of, session_columns
from enerqis.interfaces.engine import Job, Panel

MARGIN = pd.Timedelta(days=14)
"""What the calendar holds before the first and after the last bar: more than the longest closure of an exchange."""

BEYOND = pd.Timedelta(days=36_500)
"""How long after the last bar zipline may close an asset by itself: never, in effect. Delistings are ours to say."""

VENUE = "ENERQIS"
"""Name of the one exchange; its country is set because zipline's Pipeline asks for one."""


class UnroundedDailyHistory(DailyHistoryLoader):
    """zipline's daily windows without their rounding to three decimals."""

    def _decimal_places_for_asset(self, asset: Any, reference_date: Any) -> None:
        """Return None: the window keeps every float."""


class UnroundedMinuteHistory(MinuteHistoryLoader):
    """zipline's minute windows without their rounding to three decimals."""

    def _decimal_places_for_asset(self, asset: Any, reference_date: Any) -> None:
        """Return None: the window keeps every float."""


class ExactPortal(DataPortal):
    """zipline's data portal over exact bars: spot values and ``data.history`` give every float as the panel has it.

    In its daily mode zipline asks by the session's label, a midnight, and looks the session of that midnight up again: on a
    calendar that never closes this is the day before. Labels have no time zone, instants have one, so that here a label stays.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._history_loader: Any = self._unrounded(UnroundedDailyHistory, "daily", DEFAULT_DAILY_HISTORY_PREFETCH)
        self._minute_history_loader: Any = self._unrounded(
            UnroundedMinuteHistory, "minute", DEFAULT_MINUTE_HISTORY_PREFETCH
        )

    def get_spot_value(self, assets: Any, field: str, dt: pd.Timestamp, data_frequency: str) -> Any:
        """Return the value of a field at the bar of `dt`, for one asset or for each of several."""
        if isinstance(assets, Asset):
            return self.get_scalar_asset_spot_value(assets, field, dt, data_frequency)
        return [self.get_scalar_asset_spot_value(asset, field, dt, data_frequency) for asset in assets]

    def get_scalar_asset_spot_value(self, asset: Any, field: str, dt: pd.Timestamp, data_frequency: str) -> Any:
        """Return the value of a field of one asset at the bar of `dt`."""
        label = dt if dt.tzinfo is None else self.trading_calendar.minute_to_session(dt)
        return self._get_single_asset_value(label, asset, field, dt, data_frequency)

    def get_splits(self, assets: Any, dt: pd.Timestamp) -> list[Any]:
        """Return nothing: splits of positions and orders are applied exactly, by `Actions`."""
        return []

    def get_stock_dividends(self, sid: int, trading_days: pd.DatetimeIndex) -> list[Any]:
        """Return nothing: a dividend in shares is a split here."""
        return []

    def get_history_window(
        self, assets: Any, end_dt: pd.Timestamp, bar_count: int, frequency: str, *arguments: Any, **options: Any
    ) -> Any:
        """Return the last bars up to `end_dt`, that one included."""
        if end_dt.tzinfo is None and frequency == "1d":
            end_dt = self.trading_calendar.session_close(end_dt)
        return super().get_history_window(assets, end_dt, bar_count, frequency, *arguments, **options)

    def _unrounded(self, kind: Any, frequency: str, prefetch_bars: int) -> Any:
        return kind(
            self.trading_calendar,
            self._pricing_readers[frequency],
            self._adjustment_reader,
            self.asset_finder,
            self._roll_finders,
            prefetch_length=prefetch_bars,
        )


@dataclass(frozen=True)
class Market:
    """What a simulation needs of one job.

    Parameters
    ----------
    job : Job
    """

    job: Job

    @property
    def panel(self) -> Panel:
        """The job's bars."""
        return self.job.panel

    @cached_property
    def is_daily(self) -> bool:
        """Whether no session has more than one row, so that zipline runs in its daily mode."""
        return bool((np.diff(self.panel.session) > 0).all())

    @cached_property
    def first_session(self) -> pd.Timestamp:
        """Label of the panel's first session."""
        return _day(int(self.panel.session[0]))

    @cached_property
    def last_session(self) -> pd.Timestamp:
        """Label of the panel's last session."""
        return _day(int(self.panel.session[-1]))

    @cached_property
    def calendar(self) -> Any:
        """The dataset's calendar from before the first to after the last bar; its default bounds move with the day."""
        last = max(self.last_session, pd.Timestamp(int(self.panel.ts[-1])).normalize())
        return get_calendar(self.job.calendar, start=self.first_session - MARGIN, end=last + MARGIN)

    @cached_property
    def finder(self) -> AssetFinder:
        """The assets, in memory; the sid is the column of the panel."""
        connection = sa.create_engine(
            "sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False}
        )
        exchanges = pd.DataFrame({"exchange": [VENUE], "canonical_name": [VENUE], "country_code": ["US"]})
        AssetDBWriter(connection).write(exchanges=exchanges, equities=self._equities())
        finder = AssetFinder(connection)
        weakref.finalize(finder, connection.dispose)  # Python 3.13 warns of a database that nobody closes
        return finder

    @cached_property
    def assets(self) -> list[Any]:
        """Zipline's assets, in the order of the panel's columns."""
        assets: list[Any] = self.finder.retrieve_all(range(len(self.panel.symbols)))
        return assets

    def labels(self, days: Ints) -> pd.DatetimeIndex:
        """Return the labels of sessions that are given in days since 1970."""
        return pd.DatetimeIndex(days * NANOSECONDS_PER_DAY)

    def portal(self, adjustments: Any = None) -> ExactPortal:
        """Return a portal over the panel.

        Parameters
        ----------
        adjustments : optional
            What ``data.history`` takes splits from.
        """
        readers: dict[str, Any] = {"equity_daily_reader": self._sessions()}
        if not self.is_daily:
            readers["equity_minute_reader"] = ExactMinuteBars(self.calendar, self.panel.ts, columns_of(self.panel))
        return ExactPortal(
            self.finder,
            trading_calendar=self.calendar,
            first_trading_day=self.first_session,
            adjustment_reader=adjustments,
            **readers,
        )

    def _sessions(self) -> ExactSessionBars:
        days, columns = session_columns(self.panel)
        return ExactSessionBars(self.calendar, days * NANOSECONDS_PER_DAY, columns, self.job.execution.currency)

    def _equities(self) -> pd.DataFrame:
        """Return the table of assets: each lives through the whole panel and far beyond."""
        count = len(self.panel.symbols)
        end = max(self.last_session, pd.Timestamp(int(self.panel.ts[-1])).normalize())
        columns = {
            "symbol": list(self.panel.symbols),
            "asset_name": list(self.panel.symbols),
            "start_date": [self.first_session] * count,
            "end_date": [end] * count,
            "auto_close_date": [end + BEYOND] * count,
            "exchange": [VENUE] * count,
        }
        return pd.DataFrame(columns, index=range(count))


def _day(days: int) -> pd.Timestamp:
    """Return the label of a session, given in days since 1970."""
    return pd.Timestamp(days * NANOSECONDS_PER_DAY)
