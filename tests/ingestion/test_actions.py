"""Splits and dividends that columns of the source tell of."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.ingestion.ingesting import Ingested, csv_dataset, ingested_text

COLUMNS = {"split_factor": "split", "dividend": "cash"}
HEADER = "ts,open,high,low,close,volume,split,cash\n"


def lines(*rows: tuple[str, str, str, str]) -> str:
    """Days of stamp, price, split and cash."""
    return HEADER + "".join(
        f"{day},{price},{price},{price},{price},1,{split},{cash}\n" for day, price, split, cash in rows
    )


def read(folder: Path, text: str, **changes: Any) -> Ingested:
    daily = {"frequency": "1d", "calendar": "XNYS", "columns": COLUMNS}
    return ingested_text(folder, text, **{**daily, **changes})


def test_columns_of_a_csv_tell_of_splits_and_dividends(tmp_path: Path) -> None:
    text = lines(("2024-01-02", "10", "1", "0"), ("2024-01-03", "5", "2", ""), ("2024-01-04", "5", "", "0.25"))
    result = read(tmp_path, text)
    assert result.column("split_factor") == [1.0, 2.0, 1.0]
    assert result.column("dividend") == [0.0, 0.0, 0.25]
    quality = result.manifest.symbols["X"]
    assert [(each.session, each.value) for each in quality.splits] == [("2024-01-03", 2.0)]
    assert [(each.session, each.value) for each in quality.dividends] == [("2024-01-04", 0.25)]
    assert "moved_action" not in result.manifest.rules


def test_cash_is_in_the_unit_of_prices(tmp_path: Path) -> None:
    result = read(tmp_path, lines(("2024-01-02", "1000", "", "25")), numbers={"price_scale": 100.0})
    assert (result.column("close"), result.column("dividend")) == ([10.0], [0.25])


def test_declared_cash_is_in_the_quote_currency_whatever_the_unit_of_the_file(tmp_path: Path) -> None:
    declared = {"dividends": [{"symbol": "X", "session": "2024-01-02", "amount": 0.25}]}
    result = read(tmp_path, lines(("2024-01-02", "1000", "", "")), numbers={"price_scale": 100.0}, adjustments=declared)
    assert (result.column("close"), result.column("dividend")) == ([10.0], [0.25])


def test_an_action_of_a_refused_row_goes_to_the_next_bar(tmp_path: Path) -> None:
    """0.30 an old unit, then two new ones for one, then 0.10 each: 0.25 a new unit in all."""
    text = lines(
        ("2024-01-02", "10", "", ""),
        ("2024-01-03", "", "", "0.30"),
        ("2024-01-04", "", "2", ""),
        ("2024-01-05", "5", "", "0.10"),
    )
    result = read(tmp_path, text)
    assert (result.column("split_factor"), result.column("dividend")) == ([1.0, 2.0], [0.0, 0.25])
    assert (result.rule("missing"), result.rule("moved_action")) == ((2, 0, 0), (0, 0, 2))


def test_an_action_moves_over_the_turn_of_a_year(tmp_path: Path) -> None:
    text = lines(("2023-12-28", "10", "", ""), ("2023-12-29", "", "2", ""), ("2024-01-03", "5", "", ""))
    result = read(tmp_path, text)
    assert (result.column("split_factor"), result.rule("moved_action")) == ([1.0, 2.0], (0, 0, 1))


def test_actions_before_the_first_bar_do_not_count(tmp_path: Path) -> None:
    result = read(tmp_path, lines(("2024-01-02", "", "2", "1"), ("2024-01-03", "5", "", "")))
    assert (result.column("split_factor"), result.column("dividend")) == ([1.0], [0.0])
    assert result.rule("moved_action") == (0, 0, 0)


def test_a_dividend_on_every_hour_of_a_session_is_paid_once(tmp_path: Path) -> None:
    hours = [(f"2024-01-03 {hour}:00", "5", "", "0.5") for hour in (15, 16, 17)]
    result = read(tmp_path, lines(("2024-01-02 15:00", "5", "", ""), *hours), frequency="1h")
    assert result.column("dividend") == [0.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(("rule", "cash"), [("first", 0.1), ("last", 0.2), ("reject", 0.1)])
def test_of_two_rows_of_a_session_one_tells(tmp_path: Path, rule: str, cash: float) -> None:
    text = lines(("2024-01-02", "5", "", "0.1"), ("2024-01-02", "5", "", "0.2"), ("2024-01-03", "5", "", ""))
    result = read(tmp_path, text, rules={"duplicates": rule})
    assert sum(result.column("dividend")) == (cash if rule != "reject" else 0.0)


def test_a_declared_event_replaces_that_of_the_column(tmp_path: Path) -> None:
    text = lines(("2024-01-02", "5", "", ""), ("2024-01-03", "5", "2", "0.1"))
    declared = {"dividends": [{"symbol": "X", "session": "2024-01-03", "amount": 0.4}]}
    result = read(tmp_path, text, adjustments=declared)
    assert (result.column("split_factor")[1], result.column("dividend")[1]) == (2.0, 0.4)


def test_a_declared_event_of_a_day_without_bar_is_counted(tmp_path: Path) -> None:
    declared = {"splits": [{"symbol": "X", "session": "2024-01-03", "factor": 2.0}]}
    text = lines(("2024-01-02", "10", "", ""), ("2024-01-04", "5", "", ""))
    result = read(tmp_path, text, adjustments=declared, columns={})
    assert (result.column("split_factor"), result.rule("moved_action")) == ([1.0, 2.0], (0, 0, 1))


@pytest.mark.parametrize(
    ("split", "cash", "rule"),
    [
        ("0", "", "corporate_action"),
        ("-2", "", "corporate_action"),
        ("", "-1", "corporate_action"),
        ("two", "", "number"),
    ],
)
def test_impossible_actions_are_rejected_with_their_row(tmp_path: Path, split: str, cash: str, rule: str) -> None:
    result = read(
        tmp_path, lines(("2024-01-02", "5", "", ""), ("2024-01-03", "5", split, cash), ("2024-01-04", "5", "", ""))
    )
    assert (result.rule(rule), result.column("split_factor")) == ((1, 0, 0), [1.0, 1.0])


def test_two_records_of_the_same_events_are_refused() -> None:
    columns = {**COLUMNS, "adjusted_close": "adjusted"}
    with pytest.raises(ValidationError, match=r"columns\.split_factor and columns\.dividend tell of what"):
        csv_dataset(columns=columns, adjustments={"from_adjusted_close": "splits"})
