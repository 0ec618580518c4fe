"""Data files of QuantConnect/Lean, where a folder `shared/data` stands beside the project; skipped elsewhere.

What they hold is told against the public record: splits and dividends as the issuers announced them, prices as they closed.
"""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.lean_data import lean_dataset
from tests.ingestion.ingesting import REPOSITORY, Ingested, ingested, shipped
from tests.ingestion.samples import sample_file

PLACES = [folder / "shared/data/lean" for folder in REPOSITORY.parents[:2]]
LEAN = next((each for each in PLACES if each.is_dir()), None)
pytestmark = pytest.mark.skipif(LEAN is None, reason="market data: no ../shared/data/lean beside the project")

EQUITIES = ("AAPL", "GOOG", "IBM", "BAC", "QQQ")

SPLITS = {
    # Apple, investor relations, FAQ: 2 for 1 in 2000 and 2005, 7 for 1 in 2014, 4 for 1 in 2020; first days on the new scale
    "AAPL": {"2000-06-21": 2.0, "2005-02-28": 2.0, "2014-06-09": 7.0, "2020-08-31": 4.0},
    # Google, 10-Q of March 2015, and IG's split history: 2.7455 shares of class C for 1,000, as class A had traded higher in
    # the year after they parted; the distribution of class C, traded as GOOG from 2014-04-03, is a split of class A (GOOGL)
    "GOOG": {"2015-04-27": 1.0027455},
    # IBM, investor relations, stock split history: 2 for 1, distributed 1999-05-26
    "IBM": {"1999-05-27": 2.0},
    # Bank of America, 10-K for 2004: 2 for 1, distributed 2004-08-27
    "BAC": {"2004-08-30": 2.0},
    # Nasdaq-100 Trust, 2000: 2 for 1, distributed 2000-03-17
    "QQQ": {"2000-03-20": 2.0},
}

DIVIDENDS = {
    # Apple, investor relations, dividend history
    "AAPL": {
        "2012-08-09": 2.65,
        "2013-05-09": 3.05,
        "2014-05-08": 3.29,
        "2014-08-07": 0.47,
        "2020-08-07": 0.82,
        "2020-11-06": 0.205,
    },
    "GOOG": {},  # Alphabet paid its first dividend in 2024
    # IBM, investor relations, dividend history; 0.24 an old share before the split of May 1999, 0.12 a new one after it
    "IBM": {
        "1999-05-06": 0.24,
        "1999-08-06": 0.12,
        "2008-05-07": 0.5,
        "2010-05-06": 0.65,
        "2015-05-06": 1.3,
        "2020-05-07": 1.63,
    },
    # Bank of America, investor relations: 0.64 until September 2008, 0.32 in December, 0.01 from March 2009 to June 2014
    "BAC": {"2008-09-03": 0.64, "2008-12-03": 0.32, "2009-03-04": 0.01, "2014-09-03": 0.05, "2017-05-31": 0.075},
    # Nasdaq-100 Trust, first distribution; Invesco QQQ as the Wall Street Journal had it on 2019-12-23
    "QQQ": {"2003-12-24": 0.014, "2019-12-23": 0.4577},
}

CLOSES = {
    # Official closes: Apple at its peak of 2012 and about two splits, class C's first day, Bank of America at its low
    "AAPL": {
        "2012-09-19": 702.10,
        "2014-06-06": 645.57,
        "2014-06-09": 93.70,
        "2020-08-28": 499.23,
        "2020-08-31": 129.04,
    },
    "GOOG": {"2014-04-03": 569.74},
    "BAC": {"2009-03-06": 3.14},
}


@pytest.fixture(scope="module")
def equities(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """Daily bars of the five, without the archives of former tickers, which the folder has not."""
    project = tmp_path_factory.mktemp("equities")
    connector = {"tickers": EQUITIES, "absent_history": "skip"}
    return read(project, connector, symbols=EQUITIES, tick_size=0.0001)


def read(project: Path, connector: dict[str, Any], **changes: Any) -> Ingested:
    (project / "lean").symlink_to(str(LEAN))
    return ingested(lean_dataset(connector, **changes), project / "out", root=project)


def by_session(bars: Ingested, column: str, symbol: str) -> dict[str, float]:
    sessions = (str(each) for each in bars.column("session", symbol))
    return dict(zip(sessions, bars.column(column, symbol), strict=True))


def lines(archive: str) -> list[list[str]]:
    """Rows of the one CSV in a zip."""
    assert LEAN is not None
    with zipfile.ZipFile(LEAN / archive) as packed:
        return list(csv.reader(io.StringIO(packed.read(packed.namelist()[0]).decode())))


def factors(symbol: str) -> list[list[str]]:
    assert LEAN is not None
    with (LEAN / f"equity/usa/factor_files/{symbol}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


@pytest.mark.parametrize("symbol", EQUITIES)
def test_splits_are_those_of_the_public_record(equities: Ingested, symbol: str) -> None:
    found = {day: value for day, value in by_session(equities, "split_factor", symbol).items() if value != 1.0}
    assert found == pytest.approx(SPLITS[symbol], rel=5e-5 if symbol == "GOOG" else 0.0)  # GOOG: six digits in the file


@pytest.mark.parametrize("symbol", EQUITIES)
def test_dividends_are_those_of_the_public_record(equities: Ingested, symbol: str) -> None:
    found = {day: value for day, value in by_session(equities, "dividend", symbol).items() if value != 0.0}
    assert {day: found[day] for day in DIVIDENDS[symbol]} == pytest.approx(DIVIDENDS[symbol], abs=1e-4)
    assert bool(found) == bool(DIVIDENDS[symbol])


@pytest.mark.parametrize("symbol", sorted(CLOSES))
def test_raw_closes_are_those_of_the_day(equities: Ingested, symbol: str) -> None:
    closes = by_session(equities, "close", symbol)
    assert {day: closes[day] for day in CLOSES[symbol]} == pytest.approx(
        CLOSES[symbol], rel=0.01
    )  # Lean takes the last trade


@pytest.mark.parametrize("symbol", EQUITIES)
def test_adjusted_prices_do_not_jump_where_raw_ones_do(equities: Ingested, symbol: str) -> None:
    """What is left are three real falls, and seven years of QQQQ that are not there."""
    jumps = [each.ts[:10] for each in equities.manifest.symbols[symbol].jumps]
    assert jumps == {"AAPL": ["2000-09-29"], "BAC": ["2009-01-20"], "QQQ": ["2011-03-23"]}.get(symbol, [])


@pytest.mark.parametrize(
    ("symbol", "since"), [(each, "2011-03-24" if each == "QQQ" else "1998-01-01") for each in EQUITIES]
)
def test_prices_adjusted_back_are_those_of_leans_factors(equities: Ingested, symbol: str, since: str) -> None:
    """Back from the last bar: over a split divided by it, over a dividend times 1 - cash / close before on the new scale."""
    close, splits, paid = (by_session(equities, each, symbol) for each in ("close", "split_factor", "dividend"))
    adjustment, adjusted = 1.0, {}
    days = [day for day in sorted(close) if day >= since]
    for before, day in reversed(list(pairwise(days))):
        adjustment *= (1.0 - paid[day] * splits[day] / close[before]) / splits[day]
        adjusted[before] = adjustment
    rows = [(date.fromisoformat(row[0]).isoformat(), float(row[1]) * float(row[2])) for row in factors(symbol.lower())]
    last = next(factor for day, factor in rows if day >= days[-1])
    known = {day: factor / last for day, factor in rows if day in adjusted}
    assert len(known) > (0 if symbol == "GOOG" else 35)
    assert {day: adjusted[day] for day in known} == pytest.approx(known, rel=5e-4)


def test_goog_is_class_c_and_begins_when_the_ticker_became_its_own(equities: Ingested) -> None:
    """goog.zip begins with class A in 2004, which became GOOGL on 2014-04-03; the five days before, class C was GOOCV."""
    rows = lines("equity/usa/daily/goog.zip")
    own = [row for row in rows if row[0] >= "20140403"]
    assert equities.column("close", "GOOG") == [int(row[4]) / 10_000 for row in own]
    assert equities.manifest.symbols["GOOG"].first_ts_open == "2014-04-03T13:30:00Z"
    assert equities.manifest.rows.not_selected >= len(rows) - len(own) == 2422


def test_years_of_former_tickers_are_missing_and_said_so(equities: Ingested) -> None:
    """QQQQ from 2004-12-01 to 2011-03-22 (1,588 sessions), NationsBank (NB) up to 1998-09-30; their archives are not there."""
    quality = equities.manifest.symbols
    assert (quality["QQQ"].sessions_missing, quality["QQQ"].bars) == (1588, len(lines("equity/usa/daily/qqq.zip")))
    assert quality["BAC"].first_ts_open == "1998-10-01T13:30:00Z"
    paid_meanwhile = [row for row in factors("qqq") if "20041130" < row[0] < "20110322"]
    assert equities.rule("moved_action") == (0, 0, len(paid_meanwhile))


def test_the_samples_splits_and_dividends_agree_with_leans(equities: Ingested, tmp_path: Path) -> None:
    sample_file("bokeh_sampledata", "_data/stocks.csv.gz")
    sample = ingested(shipped("us_equities_daily"), tmp_path).manifest.symbols["AAPL"]
    lean = equities.manifest.symbols["AAPL"]
    covered: Callable[[Any], bool] = lambda each: "2000-03-01" <= each.session <= "2013-03-01"  # noqa: E731  (one line, used twice)
    assert list(sample.splits) == [each for each in lean.splits if covered(each)]
    assert [(each.session, round(each.value, 2)) for each in sample.dividends] == [
        (each.session, round(each.value, 2)) for each in lean.dividends if covered(each)
    ]


def test_hours_of_new_york_are_cut_to_its_sessions(tmp_path: Path, equities: Ingested) -> None:
    result = read(tmp_path, {"resolution": "hour", "tickers": ["AAPL"]}, symbols=["AAPL"], frequency="1h")
    assert result.manifest.rows.received == len(lines("equity/usa/hour/aapl.zip"))
    assert {f"{each.tz_convert('America/New_York'):%H:%M}" for each in result.column("ts_open")} <= {
        "09:30",
        *(f"{hour}:00" for hour in range(10, 16)),
    }
    assert result.manifest.symbols["AAPL"].splits == equities.manifest.symbols["AAPL"].splits
    assert result.manifest.symbols["AAPL"].dividends == equities.manifest.symbols["AAPL"].dividends


def test_quotes_of_a_currency_are_read_by_their_middle(tmp_path: Path) -> None:
    connector = {"security": "forex", "market": "oanda", "resolution": "hour", "bars": "quote", "tickers": ["EURUSD"]}
    plain = {"calendar": "24/5", "columns": {"volume": None}, "rules": {"outside_session": "next"}, "numbers": {}}
    utc = {"format": "%Y%m%d %H:%M"}
    result = read(tmp_path, connector, symbols=["EURUSD"], frequency="1h", stamp=utc, tick_size=0.000005, **plain)
    assert result.manifest.rows.received == result.manifest.rows.kept == len(lines("forex/oanda/hour/eurusd.zip"))
    assert result.column("close")[:2] == [1.31985, 1.3205]  # (1.31935 + 1.32035) / 2, (1.3200 + 1.3210) / 2
    assert result.rule("off_tick") == (0, 0, 0)


def test_days_of_a_coin(tmp_path: Path) -> None:
    connector = {"security": "crypto", "market": "coinbase", "tickers": ["BTCUSD"]}
    plain = {"calendar": "24/7", "columns": {}, "numbers": {}, "stamp": {"format": "%Y%m%d %H:%M"}}
    result = read(tmp_path, connector, symbols=["BTCUSD"], **plain)
    rows = lines("crypto/coinbase/daily/btcusd_trade.zip")
    assert result.manifest.rows.kept == len(rows) == 1318
    assert result.column("high")[0] == float(rows[0][2]) == 370.0


def test_each_expiry_of_gold_is_a_symbol(tmp_path: Path) -> None:
    connector = {"security": "future", "market": "comex", "tickers": ["GC"]}
    plain = {"calendar": "24/5", "columns": {}, "numbers": {}, "stamp": {"format": "%Y%m%d %H:%M"}}
    plain["rules"] = {"outside_session": "next"}  # the bar of Sunday evening
    result = read(tmp_path, connector, symbols=["GC201312", "GC202004"], tick_size=0.1, **plain)
    assert result.column("close", "GC201312") == [
        1323.4,
        1320.6,
        1303.1,
        1287.9,
        1271.7,
    ]  # October 2013, out of the file
    assert [str(each) for each in result.column("session", "GC202004")] == ["2020-01-06"]
