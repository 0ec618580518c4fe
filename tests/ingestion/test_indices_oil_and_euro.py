"""Indices and crude inside arch, the euro inside gym-anytrading: month first, day first, dots for holidays, close only."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.ingestion.ingesting import Ingested, ingested, shipped
from tests.ingestion.samples import sample_lines

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def crude(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    sample_lines("arch", "data/wti/wti.csv.gz")
    return ingested(shipped("wti_daily"), tmp_path_factory.mktemp("crude"))


@pytest.fixture(scope="module")
def euro(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    sample_lines("gym_anytrading", "datasets/data/FOREX_EURUSD_1H_ASK.csv")
    return ingested(shipped("eurusd_hourly"), tmp_path_factory.mktemp("euro"))


def test_two_files_of_one_symbol_each_make_one_dataset(tmp_path_factory: pytest.TempPathFactory) -> None:
    indices = ingested(shipped("us_indices_daily"), tmp_path_factory.mktemp("indices"))
    for symbol, file in (("SP500", "data/sp500/sp500.csv.gz"), ("NASDAQ", "data/nasdaq/nasdaq.csv.gz")):
        lines = sample_lines("arch", file)
        assert indices.column("close", symbol) == [float(line["Close"]) for line in lines]
        days = [datetime.strptime(line["Date"], "%m/%d/%Y").date() for line in lines]
        assert indices.column("session", symbol) == days
        assert indices.manifest.symbols[symbol].sessions_missing == 0
    volumes = [float(line["Volume"]) for line in sample_lines("arch", "data/nasdaq/nasdaq.csv.gz")]
    assert indices.rule("zero_volume") == (0, 0, volumes.count(0.0)) == (0, 0, 2)


def test_dots_for_holidays_are_rejected_and_missing(crude: Ingested) -> None:
    dots = [row for row, line in enumerate(sample_lines("arch", "data/wti/wti.csv.gz"), 1) if line["DCOILWTICO"] == "."]
    assert len(dots) == 290
    assert crude.rule("missing") == (290, 0, 0)
    assert [each["row"] for each in crude.rejected()] == dots
    assert crude.rejected()[0]["text"] == '{"Date": "2/17/1986", "DCOILWTICO": "."}'
    assert crude.manifest.symbols["WTI"].sessions_missing == 290


def test_a_close_only_series_has_four_equal_prices_and_no_volume(crude: Ingested) -> None:
    lines = sample_lines("arch", "data/wti/wti.csv.gz")
    closes = [float(line["DCOILWTICO"]) for line in lines if line["DCOILWTICO"] != "."]
    assert all(crude.column(name) == closes for name in ("open", "high", "low", "close"))
    assert set(crude.column("volume")) == {0.0}


def test_the_gulf_war_is_a_jump_not_an_error(crude: Ingested) -> None:
    jumps = [(each.ts, each.change_fraction) for each in crude.manifest.symbols["WTI"].jumps]
    assert jumps == [("1991-01-18T00:00:00Z", round(21.48 / 32.25 - 1, 6))]  # 1991-01-17


def test_day_first_dates_are_read_day_first(euro: Ingested) -> None:
    lines = sample_lines("gym_anytrading", "datasets/data/FOREX_EURUSD_1H_ASK.csv")
    opens = [datetime.strptime(line["Time"], "%d.%m.%Y %H:%M:%S.%f").replace(tzinfo=UTC) for line in lines]
    assert [each.to_pydatetime() for each in euro.column("ts_open")] == opens
    assert [each.to_pydatetime() for each in euro.column("ts")] == [each + HOUR for each in opens]
    assert euro.column("close") == [float(line["Close"]) for line in lines]


def test_sunday_evening_belongs_to_monday(euro: Ingested) -> None:
    sundays = [
        (opened, session)
        for opened, session in zip(euro.column("ts_open"), euro.column("session"), strict=True)
        if opened.weekday() == 6
    ]
    assert len(sundays) == 137
    assert all(session == opened.date() + timedelta(days=1) for opened, session in sundays)
    assert euro.rule("outside_session") == (0, 0, 137)


def test_prices_lie_on_the_tick_grid(euro: Ingested) -> None:
    assert euro.rule("off_tick") == (0, 0, 0)
