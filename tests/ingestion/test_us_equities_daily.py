"""The stocks inside bokeh-sampledata. Expected counts are taken from the file itself with the csv module."""

import csv
import gzip
from collections import Counter
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.ingestion.ingesting import Ingested, ingested, shipped

pytest.importorskip("bokeh_sampledata", reason="the sample's package bokeh-sampledata is not installed")


@pytest.fixture(scope="module")
def stocks(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    return ingested(shipped("us_equities_daily"), tmp_path_factory.mktemp("stocks"))


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    folder = Path(next(iter(find_spec("bokeh_sampledata").submodule_search_locations)))
    with gzip.open(folder / "_data/stocks.csv.gz", "rt") as stream:
        return list(csv.DictReader(stream))


def test_every_row_becomes_a_bar(stocks: Ingested, lines: list[dict[str, str]]) -> None:
    assert stocks.manifest.rows.kept == stocks.manifest.rows.received == len(lines) == 12154
    per_symbol = Counter(line["Ticker"] for line in lines)
    assert {symbol: quality.bars for symbol, quality in stocks.manifest.symbols.items()} == per_symbol


def test_prices_stay_raw(stocks: Ingested, lines: list[dict[str, str]]) -> None:
    closes = [float(line["Close"]) for line in lines if line["Ticker"] == "GOOG"]
    assert stocks.column("close", "GOOG") == closes
    assert stocks.column("volume", "GOOG") == [float(line["Volume"]) for line in lines if line["Ticker"] == "GOOG"]


def test_splits_are_found_on_their_dates(stocks: Ingested) -> None:
    # Apple two for one on 2000-06-21 and 2005-02-28, Microsoft two for one on 2003-02-18 (their investor relations pages)
    splits = {
        symbol: [(each.session, each.value) for each in q.splits] for symbol, q in stocks.manifest.symbols.items()
    }
    assert splits == {
        "AAPL": [("2000-06-21", 2.0), ("2005-02-28", 2.0)],
        "IBM": [],
        "MSFT": [("2003-02-18", 2.0)],
        "GOOG": [],
        "FB": [],
    }


def test_a_split_is_no_fall_of_half(stocks: Ingested) -> None:
    bars = stocks.bars("MSFT")
    row = bars.column("session").to_pylist().index(date(2003, 2, 18))
    before, after = bars.column("close")[row - 1].as_py(), bars.column("close")[row].as_py()
    assert (before, after) == (48.30, 24.96)
    assert bars.column("split_factor")[row].as_py() == 2.0
    assert stocks.manifest.symbols["MSFT"].jump_count == 0


def test_dividends_are_found_to_the_cent(stocks: Ingested) -> None:
    # Apple paid 2.65 a share on three ex-dates of this period; Microsoft 3.00 special and 0.08 regular on 2004-11-15
    paid = {each.session: each.value for each in stocks.manifest.symbols["AAPL"].dividends}
    assert paid == {"2012-08-09": 2.65, "2012-11-07": 2.65, "2013-02-07": 2.65}
    assert ("2004-11-15", 3.08) in [(each.session, each.value) for each in stocks.manifest.symbols["MSFT"].dividends]
    assert [each.value for each in stocks.manifest.symbols["IBM"].dividends][:5] == [0.13, 0.13, 0.13, 0.13, 0.14]


def test_a_real_crash_is_listed_as_a_jump(stocks: Ingested) -> None:
    jumps = stocks.manifest.symbols["AAPL"].jumps
    assert [(each.ts, round(each.change_fraction, 4)) for each in jumps] == [("2000-09-29T20:00:00Z", -0.5187)]


def test_a_bar_lasts_from_the_sessions_open_to_its_close(stocks: Ingested) -> None:
    bars = stocks.bars("IBM")
    row = bars.column("session").to_pylist().index(date(2012, 7, 3))  # the day before Independence Day closes at 13:00
    assert str(bars.column("ts_open")[row].as_py()) == "2012-07-03 13:30:00+00:00"
    assert str(bars.column("ts")[row].as_py()) == "2012-07-03 17:00:00+00:00"


def test_a_second_ingestion_writes_the_same_bytes(stocks: Ingested, tmp_path: Path) -> None:
    ingested(shipped("us_equities_daily"), tmp_path)
    for first in (stocks.raw, stocks.processed, stocks.parquet):
        for path in sorted(each for each in first.rglob("*") if each.is_file()):
            assert (tmp_path / first.name / path.relative_to(first)).read_bytes() == path.read_bytes(), path.name
