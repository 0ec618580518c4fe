"""Reading ingested bars, and writing equal bytes for equal tables."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from enerqis.core.errors import DataError
from enerqis.core.tables import BARS
from enerqis.io.parquet import bar_file, read_bars, read_table, write_table


def bars(symbol: str, days: list[date]) -> pa.Table:
    opens = pa.array(days, pa.date32()).cast(pa.timestamp("ns")).cast(pa.int64())
    instants = opens.cast(pa.timestamp("ns", "UTC"))
    numbers = {
        name: [1.0] * len(days) for name in ("open", "high", "low", "close", "volume", "split_factor", "dividend")
    }
    columns = {"symbol": [symbol] * len(days), "ts_open": instants, "ts": instants, "session": days, **numbers}
    columns["spread"] = [None] * len(days)
    return pa.table(columns, schema=BARS)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    for symbol in ("EUR/USD", "B"):
        for year in (2020, 2021):
            path = bar_file(tmp_path, symbol, year)
            path.parent.mkdir(parents=True)
            write_table(bars(symbol, [date(year, 1, 1), date(year, 6, 1), date(year, 12, 31)]), path)
    return tmp_path


def test_symbols_come_in_the_order_asked_for(parquet: Path) -> None:
    found = read_bars(parquet, ["EUR/USD", "B"], None, None)
    assert found.schema == BARS
    assert found.column("symbol").to_pylist() == ["EUR/USD"] * 6 + ["B"] * 6


def test_bounds_are_sessions_both_included(parquet: Path) -> None:
    found = read_bars(parquet, ["B"], date(2020, 6, 1), date(2021, 1, 1))
    assert found.column("session").to_pylist() == [date(2020, 6, 1), date(2020, 12, 31), date(2021, 1, 1)]


def test_an_unknown_symbol_is_refused_with_those_there_are(parquet: Path) -> None:
    with pytest.raises(DataError, match=r"no bars of 'C'\. Ingested symbols: B, EUR/USD"):
        read_bars(parquet, ["C"], None, None)


def test_a_period_without_bars_is_refused(parquet: Path) -> None:
    with pytest.raises(DataError, match=r"'B' has no bars from 2023-01-01 to the last; its years are 2020 to 2021"):
        read_bars(parquet, ["B"], date(2023, 1, 1), None)


def test_equal_tables_give_equal_bytes_whatever_their_chunks(tmp_path: Path) -> None:
    whole = bars("A", [date(2020, 1, day) for day in range(1, 20)])
    write_table(whole, tmp_path / "a.parquet")
    write_table(pa.concat_tables([whole.slice(0, 7), whole.slice(7)]), tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(DataError, match=r"x\.parquet: not a table of symbol, ts_open"):
        read_table(tmp_path / "x.parquet", BARS)
