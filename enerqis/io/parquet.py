"""Parquet with fixed writer settings, so that equal tables give equal bytes; and the reader of ingested bars."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from enerqis.core.errors import DataError
from enerqis.core.tables import BARS

PART = "part.parquet"
ROW_GROUP_ROWS = 1 << 17
COMPRESSION = "snappy"


def write_table(table: pa.Table, path: Path) -> None:
    """Write `table` to `path` under a temporary name, sync it and rename it."""
    temporary = path.with_name(path.name + ".tmp")
    pq.write_table(
        table,
        temporary,
        compression=COMPRESSION,
        use_dictionary=[field.name for field in table.schema if not pa.types.is_timestamp(field.type)],
        column_encoding={
            field.name: "DELTA_BINARY_PACKED" for field in table.schema if pa.types.is_timestamp(field.type)
        },
        row_group_size=ROW_GROUP_ROWS,
        store_schema=True,
        write_statistics=True,
    )
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)


def read_any(path: Path) -> pa.Table:
    """Read a table whatever its columns.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    try:
        return pq.ParquetFile(path).read()
    except FileNotFoundError as exc:
        raise DataError(f"{path.name}: no such file; run the stage that writes it") from exc
    except (pa.ArrowInvalid, ValueError, OSError) as exc:
        raise DataError(f"{path.name}: not a table: {exc}") from exc


def read_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Read a table and hold its columns against `schema`.

    Raises
    ------
    DataError
        If the file is missing, damaged or has other columns.
    """
    try:
        return pq.ParquetFile(path).read(columns=schema.names).cast(schema)
    except FileNotFoundError as exc:
        raise DataError(f"{path.name}: no such file; run the stage that writes it") from exc
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError, OSError) as exc:
        raise DataError(f"{path.name}: not a table of {', '.join(schema.names)}: {exc}") from exc


def bar_file(parquet: Path, symbol: str, year: int) -> Path:
    """Return where the bars of one symbol and year lie; the symbol's characters that paths do not take are escaped."""
    return parquet / f"symbol={escaped(symbol)}" / f"year={year}" / PART


def escaped(symbol: str) -> str:
    """Return `symbol` as a folder's name: % and / are written %25 and %2F."""
    return symbol.replace("%", "%25").replace("/", "%2F")


def read_bars(parquet: Path, symbols: Sequence[str], start: date | None, end: date | None) -> pa.Table:
    """Read bars of some symbols and sessions.

    Parameters
    ----------
    parquet : Path
        ``data/parquet/DATASET``.
    symbols : sequence of str
    start, end : date or None
        First and last session; None = no bound.

    Returns
    -------
    pyarrow.Table
        Schema BARS; symbol by symbol in the order asked for, each sorted by ``ts``.

    Raises
    ------
    DataError
        If a symbol has no bars there, or none in the period.
    """
    return pa.concat_tables([_symbol_bars(parquet, symbol, start, end) for symbol in symbols])


def symbol_span(parquet: Path, symbol: str) -> tuple[int, int]:
    """Return the close of a symbol's first and last ingested bar, UTC ns; only its first and last file are opened.

    Raises
    ------
    DataError
        If a file is missing or damaged.
    """
    folder = parquet / f"symbol={escaped(symbol)}"
    years = sorted(int(each.name.partition("=")[2]) for each in folder.glob("year=*"))
    if not years:
        raise DataError(f"{parquet.name}: no bars of '{symbol}'")
    ends = [
        pc.min_max(read_any(bar_file(parquet, symbol, year))["ts"].cast(pa.int64())) for year in (years[0], years[-1])
    ]
    return ends[0]["min"].as_py(), ends[1]["max"].as_py()


def _symbol_bars(parquet: Path, symbol: str, start: date | None, end: date | None) -> pa.Table:
    folder = parquet / f"symbol={escaped(symbol)}"
    years = sorted(int(each.name.partition("=")[2]) for each in folder.glob("year=*"))
    if not years:
        names = sorted(each.name.partition("=")[2] for each in parquet.glob("symbol=*"))
        known = ", ".join(name.replace("%2F", "/").replace("%25", "%") for name in names) or "none"
        raise DataError(f"{parquet.name}: no bars of '{symbol}'. Ingested symbols: {known}")
    wanted = [year for year in years if (not start or year >= start.year) and (not end or year <= end.year)]
    tables = [_between(read_table(bar_file(parquet, symbol, year), BARS), start, end) for year in wanted]
    found = pa.concat_tables(tables) if tables else BARS.empty_table()
    if not found.num_rows:
        period = f"from {start or 'the first'} to {end or 'the last'}"
        raise DataError(f"{parquet.name}: '{symbol}' has no bars {period}; its years are {years[0]} to {years[-1]}")
    return found


def _between(table: pa.Table, start: date | None, end: date | None) -> pa.Table:
    if start:
        table = table.filter(pc.greater_equal(table["session"], pa.scalar(start, pa.date32())))
    if end:
        table = table.filter(pc.less_equal(table["session"], pa.scalar(end, pa.date32())))
    return table
