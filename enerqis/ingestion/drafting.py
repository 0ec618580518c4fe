"""The draft of a dataset's YAML from a file: every guess with the reason beside it, for a person to check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from enerqis.core.errors import DataError
from enerqis.ingestion.guessing import (
    MALFORMED_SHARE,
    MINUTE_NS,
    Guess,
    guess_calendar,
    guess_columns,
    guess_events,
    guess_frequency,
    guess_numbers,
    guess_stamp_format,
    guess_tick,
)
from enerqis.ingestion.numbers import parse_numbers
from enerqis.ingestion.stamps import parse_stamps
from enerqis.io.delimited import read_text_table
from enerqis.io.hashing import file_digest
from enerqis.io.sniffing import LayoutGuess, guess_layout
from enerqis.spec.dataset import Numbers, Stamp, frequency_minutes
from enerqis.spec.tabular import Layout

SAMPLE_ROWS = 200_000
PRICES = ("open", "high", "low", "close")
BASE = Guess("close_before", "CRSP and Yahoo; Quandl's WIKI divides by close_on_ex_date; CHECK")


class Sample(NamedTuple):
    """The first rows of a file, as its connector gives them."""

    kind: str
    table: pa.Table
    layout: LayoutGuess | None


def sample(path: Path) -> Sample:
    """Read the first rows of a CSV, JSON or Parquet file.

    Raises
    ------
    DataError
        If it is none of them.
    """
    if path.name.endswith(".parquet"):
        try:
            batches = pq.ParquetFile(path).iter_batches(SAMPLE_ROWS)
            return Sample("parquet", pa.Table.from_batches([next(batches)]), None)
        except (pa.ArrowInvalid, StopIteration) as exc:
            raise DataError(f"{path.name}: no Parquet file, or one without rows: {exc}") from exc
    layout = guess_layout(path)
    tables, rows = [], 0
    for found in read_text_table(path, layout.layout, name=path.name):
        tables.append(found.table)
        rows += found.table.num_rows
        if rows >= SAMPLE_ROWS:
            break
    if not rows:
        raise DataError(f"{path.name}: no rows")
    return Sample("csv", pa.concat_tables(tables, promote_options="default").slice(0, SAMPLE_ROWS), layout)


def draft(path: Path, *, place: str, name: str) -> str:
    """Return the YAML of a dataset that reads `path`.

    Parameters
    ----------
    path : Path
        The file.
    place : str
        Where it lies in the project.
    name : str
        Stem of the dataset; also the symbol where no column names one.
    """
    taken = sample(path)
    columns = guess_columns(taken.table)
    stamps = [taken.table.column(each) for each in columns["stamp"].value]
    stamp_format = guess_stamp_format(stamps)
    parsed = parse_stamps(stamps, Stamp(format=stamp_format.value))
    good = ~parsed.is_malformed
    symbols, codes = _symbols(taken.table, columns, name)
    frequency = guess_frequency(parsed.instant[good], codes[good])
    has_offset = stamp_format.value == "iso_offset" or stamp_format.value.startswith("epoch")
    calendar, zone, outside = guess_calendar(
        parsed.local[good], length=frequency_minutes(frequency.value) * MINUTE_NS, has_offset=has_offset
    )
    priced = [taken.table.column(columns[role].value) for role in PRICES if role in columns]
    marks, columns = _numbers(taken.table, columns, priced)
    lines = [
        "# yaml-language-server: $schema=../../schemas/dataset.schema.json",
        f"# Drafted by 'enerqis inspect' from the first {taken.table.num_rows} rows; every guess says why. Look for CHECK.",
        "defaults:",
        f"  - /connector@connector: {taken.kind}",
        "  - _self_",
        "",
        f"description: {_text(f'Bars of {path.name}; say where they come from')}",
        "connector:",
        *_connector(taken, columns, path, place, symbols.value),
        "symbols:" + _comment(symbols.why),
        *(f"  - {_text(symbol)}" for symbol in symbols.value),
        _line("frequency", frequency),
        _line("calendar", calendar),
        "currency: USD # a file does not say; CHECK",
        _line("tick_size", guess_tick(priced)),
        "columns:",
        *_columns(columns),
        "stamp:",
        _line("format", stamp_format, indent=2),
        _line("time_zone", zone, indent=2),
        _line("at", Guess("open", "a file does not say, most vendors stamp the open; CHECK"), indent=2),
    ]
    if marks.value:
        lines += ["numbers:" + _comment(marks.why), *_mapping(marks.value)]
    lines += ["rules:", _line("outside_session", outside, indent=2)]
    if "adjusted_close" in columns:
        adjusted = taken.table.column(columns["adjusted_close"].value)
        events = guess_events(adjusted, Numbers.model_validate(marks.value))
        lines += [
            "adjustments:",
            _line("from_adjusted_close", events, indent=2),
            _line("dividend_base", BASE, indent=2),
        ]
    return "\n".join(lines) + "\n"


def _numbers(
    table: pa.Table, columns: dict[str, Guess], priced: list[pa.ChunkedArray]
) -> tuple[Guess, dict[str, Guess]]:
    """Return the marks of numbers, and the columns without a volume that none of the marks reads."""
    if "volume" not in columns:
        return guess_numbers(priced)[0], columns
    volume = table.column(columns["volume"].value)
    marks, numbers = guess_numbers([*priced, volume])
    unread = parse_numbers(volume, numbers, scale=1.0)[1]
    if unread.mean() <= MALFORMED_SHARE:
        return marks, columns
    example = volume.filter(pa.array(unread))[0].as_py()
    why = f"cells of {columns['volume'].value!r} such as {example!r} are no numbers; CHECK"
    return guess_numbers(priced)[0], columns | {"volume": Guess(None, why)}


def _symbols(table: pa.Table, columns: dict[str, Guess], name: str) -> tuple[Guess, Any]:
    if "symbol" not in columns:
        return Guess([name.upper()], "no column names one; CHECK"), np.zeros(table.num_rows, dtype=np.int64)
    cells = table.column(columns["symbol"].value).cast(pa.string())
    values = pc.unique(cells)
    codes = np.asarray(pc.index_in(cells, value_set=values), dtype=np.int64)
    return Guess(sorted(values.to_pylist()), "those of the rows read; CHECK"), codes


def _connector(taken: Sample, columns: dict[str, Guess], path: Path, place: str, symbols: list[str]) -> Iterator[str]:
    yield "  files:"
    yield f"    - file: {_text(place)}"
    yield f"      sha256: {file_digest(path)}"
    if "symbol" not in columns:
        yield f"      symbol: {_text(symbols[0])}"
    if taken.layout is None:
        return
    plain = Layout().model_dump()
    chosen = {key: value for key, value in taken.layout.layout.model_dump().items() if value != plain[key]}
    if chosen:
        yield "  layout:"
    for key, value in chosen.items():
        if isinstance(value, tuple):
            yield f"    {key}:" + _comment(taken.layout.reasons.get(key, ""))
            yield from (f"      - {_text(each)}" for each in value)
        else:
            yield _line(key, Guess(value, taken.layout.reasons.get(key, "")), indent=4)


def _columns(columns: dict[str, Guess]) -> Iterator[str]:
    yield "  stamp:" + _comment(columns["stamp"].why)
    yield from (f"    - {_text(each)}" for each in columns["stamp"].value)
    whole = all(role in columns for role in PRICES)
    for role in (*PRICES, "volume"):
        if role in columns and (whole or role in ("close", "volume")):
            yield _line(role, columns[role], indent=2)
        else:
            yield f"  {role}: null" + _comment("no such column found")
    for role in ("symbol", "adjusted_close"):
        if role in columns:
            yield _line(role, columns[role], indent=2)


def _mapping(values: dict[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, list):
            yield f"  {key}:"
            yield from (f"    - {_text(each)}" for each in value)
        else:
            yield f"  {key}: {_text(value)}"


def _line(key: str, guess: Guess, *, indent: int = 0) -> str:
    return f"{' ' * indent}{key}: {_text(guess.value)}{_comment(guess.why)}"


def _comment(why: str) -> str:
    return f" # {why}" if why else ""


def _text(value: Any) -> str:
    """Return a scalar as YAML; text that YAML might read otherwise is quoted."""
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").ljust(3, "0") if value else "0.0"
    if not isinstance(value, str):
        return json.dumps(value)
    is_plain = value.replace("_", "a").replace(".", "a").replace("/", "a").replace("-", "a").isalnum()
    return value if is_plain and value[0].isalpha() and value.lower() not in YAML_WORDS else json.dumps(value)


YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
