"""Data files of QuantConnect/Lean, where a folder `shared/data` stands beside the project; skipped elsewhere.

Integers scaled by 10,000 without header, New York's dates, factor files as an independent record of splits and dividends.
"""

import csv
import io
import zipfile
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.ingestion.ingesting import REPOSITORY, Ingested, csv_dataset, ingested, shipped
from tests.ingestion.samples import sample_file

PLACES = [folder / "shared/data/lean" for folder in REPOSITORY.parents[:2]]
LEAN = next((each for each in PLACES if each.is_dir()), None)
pytestmark = pytest.mark.skipif(LEAN is None, reason="market data: no ../shared/data/lean beside the project")

TRADES = ["when", "open", "high", "low", "close", "volume"]
QUOTES = ["when", *(f"{side}_{name}" for side in ("bid", "ask") for name in ("open", "high", "low", "close", "size"))]


def unpacked(archive: str, folder: Path) -> list[list[str]]:
    """Put the CSV of a zip into `folder` as prices.csv and return its rows."""
    assert LEAN is not None
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(LEAN / archive) as packed:
        content = packed.read(packed.namelist()[0])
    (folder / "prices.csv").write_bytes(content)
    return list(csv.reader(io.StringIO(content.decode())))


def read(folder: Path, header: list[str], **changes: Any) -> Ingested:
    connector = {"kind": "csv", "files": [{"file": "prices.csv"}], "layout": {"header": header}}
    columns = {"stamp": ["when"], **changes.pop("columns", {})}
    stamp = {"format": "%Y%m%d %H:%M", **changes.pop("stamp", {})}
    dataset = csv_dataset(connector=connector, columns=columns, stamp=stamp, **changes)
    return ingested(dataset, folder / "out", root=folder)


def factors(symbol: str) -> list[list[str]]:
    assert LEAN is not None
    with (LEAN / f"equity/usa/factor_files/{symbol}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_scaled_integers_become_prices(tmp_path: Path) -> None:
    rows = unpacked("equity/usa/daily/goog.zip", tmp_path)
    scale = {"price_scale": 10_000.0}
    result = read(tmp_path, TRADES, frequency="1d", calendar="XNYS", numbers=scale, tick_size=0.0001)
    days = [datetime.strptime(row[0], "%Y%m%d %H:%M").date() for row in rows]
    assert result.manifest.rows.kept == len(rows) - result.manifest.rows.rejected
    sessions = set(result.column("session"))
    kept = {day: row for day, row in zip(days, rows, strict=True) if day in sessions}
    assert result.column("close") == [int(row[4]) / 10_000 for row in kept.values()]
    assert result.rule("off_tick") == (0, 0, 0)


def test_splits_of_the_factor_file_explain_the_jumps(tmp_path: Path) -> None:
    unpacked("equity/usa/daily/aapl.zip", tmp_path)
    scale = {"price_scale": 10_000.0}
    record = factors("aapl")
    moves = [(before, float(after[2]) / float(before[2])) for before, after in pairwise(record)]
    splits = [
        {"symbol": "X", "session": f"{row[0][:4]}-{row[0][4:6]}-{int(row[0][6:]) + 1:02}", "factor": round(move)}
        for row, move in moves
        if move > 1.5
    ]
    plain = read(tmp_path, TRADES, frequency="1d", calendar="XNYS", numbers=scale)
    (tmp_path / "out").rename(tmp_path / "plain")
    declared = read(tmp_path, TRADES, frequency="1d", calendar="XNYS", numbers=scale, adjustments={"splits": splits})
    jumps = plain.manifest.symbols["X"].jump_count - declared.manifest.symbols["X"].jump_count
    assert jumps == len(declared.manifest.symbols["X"].splits) == len(splits) > 0


def test_the_samples_splits_and_dividends_agree_with_the_factor_file(tmp_path: Path) -> None:
    sample_file("bokeh_sampledata", "_data/stocks.csv.gz")
    apple = ingested(shipped("us_equities_daily"), tmp_path).manifest.symbols["AAPL"]
    record = factors("aapl")
    paid, split = [], []
    for before, after in pairwise(record):
        if not "20000301" <= before[0] <= "20130301":
            continue
        if float(after[2]) / float(before[2]) > 1.5:
            split.append((before[0], round(float(after[2]) / float(before[2]))))
        elif before[1] != after[1]:
            paid.append(round(float(before[3]) * (1 - float(before[1]) / float(after[1])), 2))
    assert [(each.value) for each in apple.splits] == [factor for _, factor in split]
    assert all(each.session.replace("-", "") > day for each, (day, _) in zip(apple.splits, split, strict=True))
    assert [each.value for each in apple.dividends] == paid == [2.65, 2.65, 2.65]


def test_hours_of_new_york_are_cut_to_its_sessions(tmp_path: Path) -> None:
    rows = unpacked("equity/usa/hour/aapl.zip", tmp_path)
    stamp = {"time_zone": "America/New_York"}
    result = read(tmp_path, TRADES, calendar="XNYS", stamp=stamp, numbers={"price_scale": 10_000.0})
    assert result.manifest.rows.received == len(rows)
    assert {f"{each.tz_convert('America/New_York'):%H:%M}" for each in result.column("ts_open")} <= {
        "09:30",
        *(f"{hour}:00" for hour in range(10, 16)),
    }


def test_quotes_of_a_currency_are_read_by_their_bid(tmp_path: Path) -> None:
    rows = unpacked("forex/oanda/hour/eurusd.zip", tmp_path)
    bid = {name: f"bid_{name}" for name in ("open", "high", "low", "close")} | {"volume": None}
    rules = {"outside_session": "next"}
    result = read(tmp_path, QUOTES, calendar="24/5", columns=bid, rules=rules, tick_size=0.00001)
    assert result.manifest.rows.received == len(rows)
    assert result.column("close")[0] == float(rows[0][4])


def test_days_of_a_coin(tmp_path: Path) -> None:
    rows = unpacked("crypto/coinbase/daily/btcusd_trade.zip", tmp_path)
    result = read(tmp_path, TRADES, frequency="1d", calendar="24/7")
    assert result.manifest.rows.kept + result.manifest.rows.rejected == len(rows)
    assert result.column("high")[0] == float(rows[0][2])
