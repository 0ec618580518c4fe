"""Each rule on a few rows whose outcome is worked out by hand."""

import json
from datetime import date
from pathlib import Path

import pytest

from enerqis.core.errors import DataError
from tests.ingestion.ingesting import csv_dataset, ingested_text

HEADER = "ts,open,high,low,close,volume\n"
PLAIN = [f"2021-03-01 {hour:02}:00:00,10,11,9,10.5,100" for hour in range(6)]


def text(*changed: tuple[int, str]) -> str:
    """Six plain hours with some of them replaced."""
    lines = list(PLAIN)
    for index, line in changed:
        lines[index] = line
    return HEADER + "\n".join(lines) + "\n"


def test_plain_rows_pass_every_rule(tmp_path: Path) -> None:
    result = ingested_text(tmp_path, text())
    assert result.manifest.rules == {}
    assert result.manifest.rows.kept == 6
    assert result.rejected() == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("stamp", "2021-02-30 02:00:00,10,11,9,10.5,100"),
        ("stamp", "02.03.2021 02:00,10,11,9,10.5,100"),
        ("stamp", ",10,11,9,10.5,100"),
        ("number", "2021-03-01 02:00:00,10,11,9,10.5x,100"),
        ("number", "2021-03-01 02:00:00,10,inf,9,10.5,100"),
        ("missing", "2021-03-01 02:00:00,10,11,9,,100"),
        ("missing", "2021-03-01 02:00:00,NaN,11,9,10.5,100"),
        ("missing", "2021-03-01 02:00:00,10,11,9,10.5,"),
        ("nonpositive_price", "2021-03-01 02:00:00,10,11,0,10.5,100"),
        ("negative_volume", "2021-03-01 02:00:00,10,11,9,10.5,-1"),
        ("ohlc", "2021-03-01 02:00:00,10,10.4,9,10.5,100"),
        ("ohlc", "2021-03-01 02:00:00,10,11,10.2,10.5,100"),
        ("off_grid", "2021-03-01 02:30:00,10,11,9,10.5,100"),
    ],
)
def test_a_bad_row_is_rejected_by_its_rule_and_kept_as_received(tmp_path: Path, rule: str, line: str) -> None:
    result = ingested_text(tmp_path, text((2, line)))
    cells = dict(zip(HEADER.strip().split(","), line.split(","), strict=True))
    assert [(each["row"], each["rule"], json.loads(each["text"])) for each in result.rejected()] == [(3, rule, cells)]
    assert result.rule(rule) == (1, 0, 0)
    assert result.manifest.rows.kept == 5


def test_the_first_rule_names_a_row_that_breaks_several(tmp_path: Path) -> None:
    result = ingested_text(tmp_path, text((2, "2021-03-01 02:30:00,10,8,9,-1,-1")))
    assert [each["rule"] for each in result.rejected()] == ["nonpositive_price"]


def test_quotes_and_backslashes_survive_in_rejected_rows(tmp_path: Path) -> None:
    result = ingested_text(tmp_path, text((2, '"a ""b"" \\c\t",10,11,9,10.5,100')))
    assert json.loads(result.rejected()[0]["text"])["ts"] == 'a "b" \\c\t'


def test_prices_are_mended_where_the_dataset_says_so(tmp_path: Path) -> None:
    rules = {"ohlc": "fix", "missing_price": "from_close", "missing_volume": "zero"}
    result = ingested_text(
        tmp_path,
        text((1, "2021-03-01 01:00:00,10,9.5,9.8,10.5,100"), (2, "2021-03-01 02:00:00,,11,,10.5,")),
        rules=rules,
    )
    assert (result.column("high")[1], result.column("low")[1]) == (10.5, 9.5)
    assert [result.column(name)[2] for name in ("open", "low", "volume")] == [10.5, 10.5, 0.0]
    assert result.rule("ohlc") == (0, 1, 0)
    assert result.manifest.rows.rejected == 0


@pytest.mark.parametrize(("action", "expected"), [("keep", 10.504), ("fix", 10.5), ("reject", None)])
def test_a_price_off_the_tick_grid(tmp_path: Path, action: str, expected: float | None) -> None:
    off = text((2, "2021-03-01 02:00:00,10,11,9,10.504,100"))
    result = ingested_text(tmp_path, off, tick_size=0.01, rules={"off_tick": action})
    closes = result.column("close")
    assert (closes[2] if len(closes) == 6 else None) == expected
    assert sum(result.rule("off_tick")) == 1


def test_zero_volume_is_rejected_on_request(tmp_path: Path) -> None:
    result = ingested_text(tmp_path, text((2, "2021-03-01 02:00:00,10,11,9,10.5,0")), rules={"zero_volume": "reject"})
    assert result.rule("zero_volume") == (1, 0, 0)


@pytest.mark.parametrize(("action", "closes"), [("first", [10.5, 10.5]), ("last", [10.5, 10.0]), ("reject", [10.5])])
def test_duplicates_keep_the_first_the_last_or_none(tmp_path: Path, action: str, closes: list[float]) -> None:
    lines = HEADER + PLAIN[0] + "\n" + PLAIN[1] + "\n" + PLAIN[1].replace("10.5", "10.0") + "\n"
    result = ingested_text(tmp_path, lines, rules={"duplicates": action})
    assert result.column("close") == closes
    assert result.manifest.duplicates_differing == 1
    assert json.loads(result.rejected()[0]["text"])["ts_open"].startswith("2021-03-01 01:00:00")


def test_unsorted_rows_are_sorted_and_counted(tmp_path: Path) -> None:
    lines = HEADER + "\n".join(PLAIN[index] for index in (0, 3, 1, 2, 5, 4)) + "\n"
    result = ingested_text(tmp_path, lines)
    assert result.column("ts_open") == sorted(result.column("ts_open"))
    assert result.rule("unsorted") == (0, 3, 0)


def test_unsorted_rows_are_rejected_on_request(tmp_path: Path) -> None:
    lines = HEADER + "\n".join(PLAIN[index] for index in (0, 3, 1, 2, 5, 4)) + "\n"
    result = ingested_text(tmp_path, lines, rules={"unsorted": "reject"})
    assert [each["row"] for each in result.rejected()] == [3, 4, 6]


def test_a_vendors_weekend_filling_is_told_from_weekend_trading(tmp_path: Path) -> None:
    friday, saturday = "2021-03-05 20:00:00,10,11,9,10.5,5", "2021-03-06 10:00:00,10.5,10.5,10.5,10.5,0"
    traded = "2021-03-06 11:00:00,10.5,10.9,10.5,10.6,7"
    result = ingested_text(tmp_path, HEADER + "\n".join([friday, saturday, traded]) + "\n", calendar="24/5")
    assert [each["rule"] for each in result.rejected()] == ["weekend_fill", "outside_session"]


def test_a_stretch_of_coarser_bars_is_noted_or_rejected(tmp_path: Path) -> None:
    hours = [*range(6), *range(7, 20, 2)]  # from 05:00 on every two hours
    lines = HEADER + "".join(f"2021-03-01 {hour:02}:00:00,10,11,9,10.5,100\n" for hour in hours)
    assert ingested_text(tmp_path / "a", lines).rule("frequency_change") == (0, 0, 7)
    rejected = ingested_text(tmp_path / "b", lines, rules={"frequency_change": "reject"})
    assert rejected.rule("frequency_change") == (7, 0, 0)
    assert rejected.manifest.rows.kept == 6


def test_decimal_commas_and_thousands_points(tmp_path: Path) -> None:
    numbers = {"decimal_mark": ",", "thousands_mark": "."}
    lines = "ts;open;high;low;close;volume\n2021-03-01 00:00:00;1.010,5;1.011;1.010;1.010,75;1.000.000\n"
    lines += "2021-03-01 01:00:00;1.0,5;1.011;1.010;1.010,75;7\n"
    connector = {"kind": "csv", "files": [{"file": "prices.csv"}], "layout": {"separator": ";"}}
    result = ingested_text(tmp_path, lines, numbers=numbers, connector=connector)
    assert [result.column(name) for name in ("open", "close", "volume")] == [[1010.5], [1010.75], [1_000_000.0]]
    assert result.rule("number") == (1, 0, 0)  # 1.0,5: groups have three digits


def test_prices_are_divided_by_their_scale(tmp_path: Path) -> None:
    lines = HEADER + "2021-03-01 00:00:00,1359100,1409300,945400,1003700,23200275\n"
    result = ingested_text(tmp_path, lines, numbers={"price_scale": 10_000.0})
    assert [result.column(name)[0] for name in ("open", "high", "low", "close")] == [135.91, 140.93, 94.54, 100.37]


def test_a_jump_is_listed_and_a_declared_split_explains_it(tmp_path: Path) -> None:
    lines = HEADER + "2021-03-01,100,101,99,100,1\n2021-03-02,50,51,49,50,1\n"
    plain = ingested_text(tmp_path / "a", lines, frequency="1d")
    assert [each.change_fraction for each in plain.manifest.symbols["X"].jumps] == [-0.5]
    adjustments = {"splits": [{"symbol": "X", "session": "2021-03-02", "factor": 2.0}]}
    split = ingested_text(tmp_path / "b", lines, frequency="1d", adjustments=adjustments)
    assert split.manifest.symbols["X"].jump_count == 0
    assert split.column("split_factor") == [1.0, 2.0]


def test_a_declared_dividend_counts_at_the_next_session_present(tmp_path: Path) -> None:
    lines = HEADER + "2021-12-30,100,101,99,100,1\n2022-01-03,99,101,98,100,1\n"
    adjustments = {"dividends": [{"symbol": "X", "session": "2022-01-01", "amount": 0.5}]}
    result = ingested_text(tmp_path, lines, frequency="1d", adjustments=adjustments)
    assert result.column("dividend") == [0.0, 0.5]


def test_rows_of_other_symbols_are_counted_not_stored(tmp_path: Path) -> None:
    lines = "sym," + HEADER + "".join(f"{symbol},{PLAIN[0]}\n" for symbol in ("X", "Y", "Z"))
    columns = {"symbol": "sym"}
    result = ingested_text(tmp_path, lines, columns=columns, symbols=["ZED"], rename={"Z": "ZED"})
    assert result.manifest.rows.not_selected == 2
    assert set(result.column("symbol")) == {"ZED"}


def test_an_absent_symbol_is_refused_with_a_near_one(tmp_path: Path) -> None:
    lines = "sym," + HEADER + f"GOOGL,{PLAIN[0]}\n"
    with pytest.raises(DataError, match=r"symbol 'GOOG' has no bar left\. Did you mean 'GOOGL'\?"):
        ingested_text(tmp_path, lines, columns={"symbol": "sym"}, symbols=["GOOG"])


def test_sessions_of_a_holiday_calendar_that_lack_a_bar_are_missing(tmp_path: Path) -> None:
    days = ["2021-07-01", "2021-07-02", "2021-07-06", "2021-07-08"]  # the 5th is a holiday, the 7th is not
    lines = HEADER + "".join(f"{day},10,11,9,10.5,100\n" for day in days)
    result = ingested_text(tmp_path, lines, frequency="1d", calendar="XNYS")
    assert result.manifest.symbols["X"].sessions_missing_first == ("2021-07-07",)
    assert result.column("session") == [date.fromisoformat(day) for day in days]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"columns": {"open": None}}, "name open, high and low together"),
        ({"frequency": "7min"}, "does not divide a day"),
        ({"frequency": "2h", "resample": "3h"}, "must be a multiple of 2h"),
        ({"numbers": {"thousands_mark": "."}}, "are both '.'"),
        ({"stamp": {"format": "%d/%m/%y"}}, "%y is not known"),
        ({"stamp": {"time_zone": "New York"}}, "is no IANA time zone"),
        ({"stamp": {"time_zone": "Europe/Berln"}}, "Did you mean 'Europe/Berlin'"),
        ({"rules": {"off_tick": "fix"}}, "needs a tick_size"),
        ({"adjustments": {"from_adjusted_close": "splits"}}, "needs columns.adjusted_close"),
        ({"symbols": ["X", "X"]}, "must not repeat"),
        ({"connector": {"kind": "csv", "files": [{"file": "../x.csv"}]}}, "stays inside"),
        ({"connector": {"kind": "csv", "files": [{"file": "/x.csv"}]}}, "stays inside"),
    ],
)
def test_a_wrong_declaration_is_refused_by_the_spec(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        csv_dataset(**changes)
