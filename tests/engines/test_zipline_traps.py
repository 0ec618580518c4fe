"""What zipline does by itself and must not do here: each trap once, with the stock part beside ours where it is cheap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerqis.costs import notional_bps
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.engines import zipline
from enerqis.engines.reference.upstream import silenced
from enerqis.interfaces.engine import Panel, Plugged
from tests.engines.scenes import DAY, HOUR, fills, job_of, panel_of

with silenced():
    import pandas as pd

    from enerqis.engines.reference.bars import ExactMinuteBars, ExactSessionBars, columns_of
    from enerqis.engines.reference.market import Market
    from enerqis.engines.reference.venue import BarCommission, BarSlippage, ExactStyle, Moment, Venue

NAN = float("nan")
PRICES = [1.08512349, 1.0851235, 1.08512351, NAN, 1.08512353]


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with silenced():
        yield


def market_of(close: Any = PRICES, **knobs: Any) -> Market:
    return Market(job_of(panel_of(close), **knobs))


def hourly(close: list[float]) -> Panel:
    """Bars of one hour, the first closing at 01:00 of the first day."""
    panel = panel_of(close)
    ts = (np.arange(len(close), dtype=np.int64) + 1) * HOUR
    opens = np.where(np.isnan(panel.close), -1, (ts - HOUR)[:, None])
    return type(panel)(**{**vars(panel), "ts": ts, "ts_open": opens, "session": (ts - 1) // DAY})


def label(day: int) -> pd.Timestamp:
    return pd.Timestamp(day * DAY)


def test_the_last_traded_day_never_lies_ahead() -> None:
    reader = ExactSessionBars(None, np.arange(5) * DAY, columns_of(panel_of(PRICES)), "USD")
    found = [reader.get_last_traded_dt(0, label(day)) for day in range(5)]
    assert found == [label(0), label(1), label(2), label(2), label(4)]
    assert reader.get_last_traded_dt(0, label(-1)) is pd.NaT


def test_the_last_traded_minute_never_lies_ahead() -> None:
    panel = hourly([1.0, NAN, 3.0])
    reader = ExactMinuteBars(None, panel.ts, columns_of(panel))
    for minute, hour in ((59, None), (60, 1), (90, 1), (120, 1), (179, 1), (180, 3), (999, 3)):
        found = reader.get_last_traded_dt(0, pd.Timestamp(minute * HOUR // 60, tz="UTC"))
        assert found is pd.NaT if hour is None else found == pd.Timestamp(hour * HOUR, tz="UTC")


def test_spot_values_and_history_give_every_digit() -> None:
    market = market_of()
    portal, asset = market.portal(), market.assets[0]
    instant = pd.Timestamp(4 * DAY + 21 * HOUR, tz="UTC")
    assert portal.get_spot_value(asset, "close", instant, "daily") == 1.08512353
    window = portal.get_history_window([asset], instant, 5, "1d", "close", "daily")
    np.testing.assert_array_equal(window[asset].to_numpy(), PRICES)
    filled = portal.get_history_window([asset], instant, 5, "1d", "price", "daily")
    assert filled[asset].tolist() == [*PRICES[:3], PRICES[2], PRICES[4]]


def test_minute_history_gives_every_digit_and_no_bar_between() -> None:
    market = Market(job_of(hourly(PRICES)))
    asset = market.assets[0]
    window = market.portal().get_history_window(
        [asset], pd.Timestamp(5 * HOUR, tz="UTC"), 241, "1m", "close", "minute"
    )[asset]
    assert window.dropna().tolist() == [1.08512349, 1.0851235, 1.08512351, 1.08512353]
    assert len(window) == 241


def test_days_put_together_from_hours_show_of_today_what_has_closed() -> None:
    close = [10.0 + hour / 8 for hour in range(72)]
    close[23] = NAN
    market = Market(job_of(hourly(close)))
    asset, noon = market.assets[0], pd.Timestamp(60 * HOUR, tz="UTC")
    portal = market.portal()
    for field, expected in (("close", [close[22], close[47], close[59]]), ("high", [close[22], close[47], close[59]]),
                            ("low", [close[0], close[24], close[48]]), ("open", [close[0], close[24], close[48]]),
                            ("volume", [23_000.0, 24_000.0, 12_000.0])):  # fmt: skip
        assert portal.get_history_window([asset], noon, 3, "1d", field, "minute")[asset].tolist() == expected


def test_volume_keeps_its_fraction() -> None:
    columns = {**columns_of(panel_of(PRICES)), "volume": np.array([[0.25], [0.5], [1.75], [0.0], [2.0]])}
    reader = ExactSessionBars(None, np.arange(5) * DAY, columns, "USD")
    assert reader.get_value(0, label(2), "volume") == 1.75


def test_a_label_is_its_own_session_on_a_calendar_that_never_closes() -> None:
    market = market_of()
    portal, asset = market.portal(), market.assets[0]
    assert market.calendar.minute_to_session(label(2)) == label(1)  # what the stock portal would take for the day
    assert portal.get_spot_value(asset, "open", label(2), "daily") == 1.08512351
    assert portal.get_history_window([asset], label(2), 2, "1d", "close", "daily").index[-1] == label(2)


def test_the_calendar_has_bounds_of_the_panel_not_of_today() -> None:
    calendar = market_of().calendar
    assert calendar.first_session == pd.Timestamp("1969-12-18")
    assert calendar.last_session == pd.Timestamp("1970-01-19")


def test_assets_outlive_the_panel_so_that_zipline_closes_nothing_by_itself(tmp_path: Path) -> None:
    market = market_of()
    assert market.assets[0].auto_close_date > label(365 * 50)
    panel = panel_of([10.0, 10.0, 10.0], plan={"target": [1.0] * 3})
    result = zipline.backtest(job_of(panel), cache_folder=tmp_path)
    assert result.positions.column("units").to_pylist() == [100.0]


def venue_and_order(units: float, style: ExactStyle) -> tuple[Venue, Any]:
    venue = Venue(
        BarSlippage(lambda asset, price, units: price, 1.0, stops_first=True, fills_on_touch=True),
        BarCommission(lambda units, price: 0.0, 1.0),
    )
    venue.set_date(pd.Timestamp(DAY, tz="UTC"))
    asset = market_of().assets[0]
    venue.order(asset, units, style, "1")
    return venue, venue.orders["1"]


class Bar:
    """One bar as a slippage model sees it."""

    current_dt = pd.Timestamp(DAY, tz="UTC")

    def __init__(self, **values: float) -> None:
        self._values = values

    def current(self, asset: Any, field: str) -> float:
        return self._values[field]


def test_what_is_left_of_an_order_fills_once_after_a_part_of_it() -> None:
    venue, order = venue_and_order(10.0, ExactStyle())
    order.filled = 4.0
    venue.call(Moment.OPEN, [order])
    transactions, _, closed = venue.get_transactions(Bar(open=7.0))
    assert [each.amount for each in transactions] == [6.0]
    assert closed == [order]
    assert venue.get_transactions(Bar(open=7.0)) == ([], [], [])


def test_a_bar_without_volume_fills_as_the_kernel_does() -> None:
    venue, order = venue_and_order(1.0, ExactStyle())
    venue.call(Moment.OPEN, [order])
    assert len(venue.get_transactions(Bar(open=7.0, volume=0.0))[0]) == 1


def test_units_are_not_floored_to_whole_numbers() -> None:
    venue, order = venue_and_order(0.4, ExactStyle())
    venue.call(Moment.OPEN, [order])
    assert venue.get_transactions(Bar(open=7.0))[0][0].amount == 0.4


def test_stop_and_limit_prices_are_not_rounded_to_cents() -> None:
    _, order = venue_and_order(-1.0, ExactStyle(stop=9.98765, limit=None))
    assert order.stop == 9.98765
    venue, order = venue_and_order(-1.0, ExactStyle(limit=10.12345))
    venue.call(Moment.INSIDE, [order])
    (transaction,), _, _ = venue.get_transactions(Bar(open=10.0, high=11.0, low=9.0, close=10.5))
    assert transaction.price == 10.12345


def test_orders_in_flight_over_a_sessions_end_are_neither_lost_nor_cancelled(tmp_path: Path) -> None:
    panel = panel_of([10.0] * 6, plan={"target": [0.5, 1.0, NAN, NAN, NAN, NAN]})
    result = zipline.backtest(job_of(panel, latency_bars=2), cache_folder=tmp_path)
    assert [each[0] for each in fills(result)] == [3, 4]
    assert result.orders.column("status").to_pylist() == ["filled", "filled"]


def test_ziplines_own_figures_are_saved_and_tell_the_same_story(tmp_path: Path) -> None:
    panel = panel_of([10.0, 11.0, 12.0, 9.0], plan={"target": [1.0] * 4})
    commission = Plugged(notional_bps, NotionalBpsParams(commission_bps=10.0))
    result = zipline.backtest(job_of(panel, commission=commission), cache_folder=tmp_path)
    frame = result.own_tables["performance"]
    assert frame.column("portfolio_value").to_pylist() == pytest.approx(result.equity.column("equity").to_pylist())
    assert frame.column("ending_cash").to_pylist() == pytest.approx(result.equity.column("cash").to_pylist())
    held = np.array(frame.column("benchmark_period_return").to_pylist())
    assert held == pytest.approx(np.array([10.0, 11.0, 12.0, 9.0]) / 10.0 - 1.0)
