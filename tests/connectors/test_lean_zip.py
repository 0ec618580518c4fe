"""Data folders of QuantConnect/Lean, small ones made here; the real files are read in tests/ingestion/test_lean.py.

Factor files are worked by hand: before a dividend of 1.00 on a close of 50.00 the price factor is 0.98, before a split of two
for one the split factor is 0.5.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from enerqis.connectors.lean_zip import LeanZipParams, fetch, sources
from enerqis.core.errors import DataError
from enerqis.interfaces.connector import Rows
from enerqis.io import delimited
from enerqis.spec.dataset import Dataset
from tests.connectors.lean_data import (
    DAILY,
    FACTORS,
    MAPS,
    lean_dataset,
    lean_params,
    lean_rows,
    put_equity,
    put_text,
    put_zip,
    trade_bars,
)
from tests.ingestion.ingesting import REPOSITORY, ingested

SPLIT = "20240102,1,0.5,1\n20240104,1,0.5,80\n20501231,1,1,0\n"
DIVIDEND = "20240102,0.98,1,1\n20240104,0.98,1,50\n20501231,1,1,0\n"
BOTH = "20240102,0.98,0.5,1\n20240104,0.98,0.5,50\n20501231,1,1,0\n"
WEEK = ("20240102", "20240103", "20240104", "20240105", "20240108")
BID_ASK = "20240102 00:00,1.1,1.3,1.0,1.2,5,1.3,1.5,1.2,1.6,6\n"


def cells(rows: list[Rows], column: str) -> list[Any]:
    return [cell for each in rows for cell in each.table.column(column).to_pylist()]


def test_trade_bars_come_as_received_with_what_the_source_holds(tmp_path: Path) -> None:
    put_equity(tmp_path / "lean", "abc", "20240102 00:00,125000,130000,120000,127500,4000\n")
    (rows,) = lean_rows(tmp_path, lean_params())
    assert rows.symbol == "ABC"
    assert {name: rows.table.column(name)[0].as_py() for name in ("ts", "open", "high", "low", "close", "volume")} == {
        "ts": "20240102 00:00",
        "open": "125000",
        "high": "130000",
        "low": "120000",
        "close": "127500",
        "volume": "4000",
    }
    assert fetch(lean_params(), tmp_path, tmp_path / "raw") == sources(lean_params(), tmp_path)


@pytest.mark.parametrize(
    ("factors", "split_factor", "dividend"),
    [(SPLIT, 2.0, 0.0), (DIVIDEND, 1.0, 10_000.0), (BOTH, 2.0, 5_000.0)],
)
def test_an_action_stands_on_the_session_after_its_row(
    tmp_path: Path, factors: str, split_factor: float, dividend: float
) -> None:
    put_equity(tmp_path / "lean", "abc", trade_bars(*WEEK), factors=factors)
    rows = lean_rows(tmp_path, lean_params())
    assert cells(rows, "split_factor") == [None, None, None, split_factor, None]
    assert cells(rows, "dividend") == [None, None, None, dividend, None]


def test_an_action_of_hours_stands_on_the_sessions_first_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 100)
    put_equity(tmp_path / "lean", "abc", "", factors=SPLIT)
    stamps = [f"{day} {hour:02}:00" for day in WEEK for hour in range(9, 16)]
    put_zip(tmp_path / "lean", "equity/usa/hour/abc.zip", {"abc.csv": trade_bars(*stamps)})
    rows = lean_rows(tmp_path, lean_params(resolution="hour"))
    assert len(rows) > 5
    found = zip(cells(rows, "ts"), cells(rows, "split_factor"), strict=True)
    assert [(stamp, split) for stamp, split in found if split is not None] == [("20240105 09:00", 2.0)]


def test_an_action_without_a_bar_goes_to_the_next_bar_and_is_counted(tmp_path: Path) -> None:
    put_equity(tmp_path / "lean", "abc", trade_bars("20240103", "20240104", "20240108", "20240109"), factors=BOTH)
    result = ingested(lean_dataset({}), tmp_path / "out", root=tmp_path)
    assert result.column("split_factor") == [1.0, 1.0, 2.0, 1.0]
    assert result.column("dividend") == [0.0, 0.0, 0.5, 0.0]
    assert result.rule("moved_action") == (0, 0, 1)
    (late,) = result.rejected()
    assert (late["source"], late["rule"], late["row"]) == ("2_abc.csv", "missing", 2)


def test_actions_outside_the_bars_are_left_out(tmp_path: Path) -> None:
    put_equity(tmp_path / "lean", "abc", trade_bars("20240108", "20240109"), factors=SPLIT)
    assert cells(lean_rows(tmp_path, lean_params()), "split_factor") == [None, None]


def test_each_stretch_comes_from_the_archive_of_its_ticker(tmp_path: Path) -> None:
    """XYZ traded as XYZ, as OLD from 4 January, and as XYZ again from 8 January; 2 January was another security's."""
    renames = "20240103,xyz,Q\n20240105,old,Q\n20501231,xyz,Q\n"
    folder = tmp_path / "lean"
    put_equity(folder, "xyz", trade_bars(*WEEK, price=1), tickers=renames)
    put_equity(folder, "old", trade_bars(*WEEK, price=2))
    rows = lean_rows(tmp_path, lean_params(tickers=["XYZ"]))
    found = [
        (each.symbol, stamp[:8], price)
        for each in rows
        for stamp, price in zip(cells([each], "ts"), cells([each], "close"), strict=True)
    ]
    own = [each[1:] for each in found if each[0] == "XYZ"]
    assert own == [("20240103", "1"), ("20240104", "2"), ("20240105", "2"), ("20240108", "1")]
    others = sorted(each for each in found if each[0] != "XYZ")
    assert others == [
        *(("old of another security", day, "2") for day in ("20240102", "20240103", "20240108")),
        *(("xyz of another security", day, "1") for day in ("20240102", "20240104", "20240105")),
    ]


def test_rows_of_another_security_are_counted_and_malformed_ones_once(tmp_path: Path) -> None:
    renames = "20240103,abc,Q\n20240104,old,Q\n20501231,abc,Q\n"
    put_equity(tmp_path / "lean", "abc", trade_bars(*WEEK) + "no day,1,1,1,1,1\ncut,short\n", tickers=renames)
    connector = {"absent_history": "skip"}
    result = ingested(lean_dataset(connector), tmp_path / "out", root=tmp_path)
    assert (result.manifest.rows.received, result.manifest.rows.not_selected, result.manifest.rows.kept) == (7, 2, 3)
    assert (result.rule("stamp"), result.rule("malformed")) == ((1, 0, 0), (1, 0, 0))


def test_an_absent_archive_of_a_former_ticker_is_refused_or_skipped(tmp_path: Path) -> None:
    put_equity(tmp_path / "lean", "abc", trade_bars(*WEEK), tickers="20240102,old,Q\n20240103,old,Q\n20501231,abc,Q\n")
    with pytest.raises(
        DataError, match=r"daily/old\.zip: no such file.*abc\.zip.*absent_history: skip.*up to 20240103"
    ):
        sources(lean_params(), tmp_path)
    own = [each for each in lean_rows(tmp_path, lean_params(absent_history="skip")) if each.symbol == "ABC"]
    assert cells(own, "ts") == ["20240104 00:00", "20240105 00:00", "20240108 00:00"]


def test_without_records_an_archive_is_one_security_without_actions(tmp_path: Path) -> None:
    put_zip(tmp_path / "lean", f"{DAILY}/abc.zip", {"abc.csv": trade_bars(*WEEK)})
    rows = lean_rows(tmp_path, lean_params(has_map_files=False, has_factor_files=False))
    assert cells(rows, "ts") == [f"{day} 00:00" for day in WEEK]
    assert cells(rows, "dividend") == [None] * 5


def test_quotes_give_their_middle_and_the_spread(tmp_path: Path) -> None:
    put_zip(tmp_path / "lean", "forex/oanda/daily/eurusd.zip", {"eurusd.csv": BID_ASK})
    rows = lean_rows(tmp_path, lean_params(security="forex", market="oanda", bars="quote", tickers=["EURUSD"]))
    expected = {"open": 1.2, "high": 1.4, "low": 1.1, "close": 1.4, "spread": 0.4, "bid_close": "1.2", "ask_size": "6"}
    assert {name: cells(rows, name) for name in expected} == {name: [value] for name, value in expected.items()}


def test_coins_lie_in_archives_named_by_the_kind_of_bars(tmp_path: Path) -> None:
    put_zip(tmp_path / "lean", "crypto/coinbase/hour/btcusd_trade.zip", {"btcusd.csv": "20240102 05:00,1,2,1,2,0.5\n"})
    rows = lean_rows(tmp_path, lean_params(security="crypto", market="coinbase", resolution="hour", tickers=["BTCUSD"]))
    assert (rows[0].symbol, cells(rows, "volume")) == ("BTCUSD", ["0.5"])


def test_each_expiry_of_a_future_is_a_symbol(tmp_path: Path) -> None:
    members = {
        "gc_trade_202002.csv": trade_bars("20200105", price=1),
        "gc_trade_202004_20200428.csv": trade_bars("20200105", price=2),
    }
    put_zip(tmp_path / "lean", "future/comex/daily/gc_trade.zip", members)
    rows = lean_rows(tmp_path, lean_params(security="future", market="comex", tickers=["GC"]))
    assert {each.symbol: cells([each], "close") for each in rows} == {"GC202002": ["1"], "GC20200428": ["2"]}


def test_a_member_without_expiry_is_refused(tmp_path: Path) -> None:
    put_zip(tmp_path / "lean", "future/comex/daily/gc_trade.zip", {"gc_trade.csv": trade_bars("20200105")})
    with pytest.raises(DataError, match=r"gc_trade\.zip#gc_trade\.csv: unknown expiry.*gc_trade_202004\.csv"):
        lean_rows(tmp_path, lean_params(security="future", market="comex", tickers=["GC"]))


def test_an_expiry_that_the_archive_has_not_is_refused_with_a_near_one(tmp_path: Path) -> None:
    put_zip(tmp_path / "lean", "future/comex/daily/gc_trade.zip", {"gc_trade_202004.csv": trade_bars("20200107")})
    connector = {"security": "future", "market": "comex", "tickers": ["GC"]}
    with pytest.raises(DataError, match=r"symbol 'GC202006' has no bar left. Did you mean 'GC202004'\?"):
        ingested(lean_dataset(connector, symbols=["GC202006"], columns={}), tmp_path / "out", root=tmp_path)


@pytest.mark.parametrize(
    ("place", "advice"),
    [
        (f"{DAILY}/abc.zip", r"Fetch it, or mend connector\.tickers"),
        (f"{FACTORS}/abc.csv", r"has_factor_files: false to go without"),
        (f"{MAPS}/abc.csv", r"has_map_files: false"),
    ],
)
def test_an_absent_file_is_named_with_its_neighbours_and_what_to_do(tmp_path: Path, place: str, advice: str) -> None:
    put_equity(tmp_path / "lean", "abc", trade_bars(*WEEK))
    put_equity(tmp_path / "lean", "xyz", trade_bars(*WEEK))
    (tmp_path / "lean" / place).unlink()
    with pytest.raises(DataError, match=rf"lean/{place}: no such file.*In that folder: xyz\..*{advice}"):
        sources(lean_params(), tmp_path)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    put_equity(tmp_path / "lean", "abc", "")
    put_text(tmp_path / "lean", f"{DAILY}/abc.zip", trade_bars(*WEEK))
    with pytest.raises(DataError, match=r"lean/equity/usa/daily/abc\.zip: no zip archive"):
        lean_rows(tmp_path, lean_params())


def test_bars_of_another_kind_are_refused(tmp_path: Path) -> None:
    put_equity(tmp_path / "lean", "abc", BID_ASK)
    with pytest.raises(DataError, match=r"abc\.zip#abc\.csv: the first line has 11 fields, trade bars have 6"):
        lean_rows(tmp_path, lean_params())


def test_pins_hold_by_the_path_under_the_folder(tmp_path: Path) -> None:
    put_equity(tmp_path / "lean", "abc", trade_bars(*WEEK))
    digests = {each.source.removeprefix("lean/"): each.sha256 for each in sources(lean_params(), tmp_path)}
    assert sources(lean_params(sha256=digests), tmp_path) == sources(lean_params(), tmp_path)
    with pytest.raises(DataError, match="the dataset pins 0000"):
        sources(lean_params(sha256={f"{DAILY}/abc.zip": "0" * 64}), tmp_path)
    with pytest.raises(
        DataError, match=r"connector\.sha256 names 'abc\.zip', which is not read\. Read are: .*daily/abc"
    ):
        sources(lean_params(sha256={"abc.zip": "0" * 64}), tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bars": "quote"}, "equities are read as trade bars"),
        ({"market": "india"}, "equities are read as trade bars of market usa"),
        ({"security": "forex", "market": "oanda"}, "write bars: quote"),
        ({"root": "../lean"}, "must be a relative path"),
        ({"tickers": ["../x"]}, "String should match pattern"),
        ({"market": "../x"}, "String should match pattern"),
    ],
)
def test_contradictions_and_paths_that_lead_outside_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        lean_params(**changes)


def test_the_example_of_the_docs_ingests(tmp_path: Path) -> None:
    text = (REPOSITORY / "docs/data.md").read_text(encoding="utf-8").split("## Data folders of Lean")[1]
    tree = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    assert tree.pop("defaults") == [{"/connector@connector": "lean_zip"}, "_self_"]
    for ticker in ("aapl", "ibm"):
        put_equity(tmp_path / "lean", ticker, trade_bars(*WEEK), factors=DIVIDEND.replace("20240102", "19980102"))
    dataset = Dataset[LeanZipParams].model_validate_json(json.dumps(tree))
    result = ingested(dataset, tmp_path / "out", root=tmp_path)
    assert (result.column("close", "IBM"), result.column("dividend", "IBM")) == ([10.0] * 5, [0.0, 0.0, 0.0, 1.0, 0.0])
