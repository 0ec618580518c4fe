"""JSON and JSON lines to batches of text columns; numbers are kept as the text they were written in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

from enerqis.core.errors import DataError
from enerqis.spec.tabular import Layout

BYTES_MAX = 1 << 28
ROWS_PER_BATCH = 100_000


def json_tables(stream: IO[bytes], layout: Layout, *, name: str) -> Iterator[pa.Table]:
    """Yield the rows of JSON text.

    Raises
    ------
    DataError
        If it is not JSON, too long to be read in bounded memory, or neither rows nor columns.
    """
    if layout.format == "jsonl":
        yield from _lines(stream, layout, name=name)
    else:
        yield from _tree(_whole(stream, layout, name=name), name=name)


def _whole(stream: IO[bytes], layout: Layout, *, name: str) -> Any:
    data = stream.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise DataError(f"{name}: JSON above {BYTES_MAX} bytes cannot be read in bounded memory; use jsonl or CSV")
    return _parse(data.decode(layout.encoding), name=name)


def _tree(tree: Any, *, name: str) -> Iterator[pa.Table]:
    """Yield an object of arrays, or an array of objects, as rows."""
    if isinstance(tree, dict) and tree and all(isinstance(each, list) for each in tree.values()):
        lengths = {len(each) for each in tree.values()}
        if len(lengths) > 1:
            raise DataError(f"{name}: the arrays of the object have different lengths")
        yield pa.table({key: pa.array([_cell(each) for each in values], pa.string()) for key, values in tree.items()})
    elif isinstance(tree, list) and all(isinstance(each, dict) for each in tree):
        for start in range(0, len(tree), ROWS_PER_BATCH):
            yield _rows(tree[start : start + ROWS_PER_BATCH])
    else:
        raise DataError(f"{name}: expected an array of objects, or an object of arrays")


def _lines(stream: IO[bytes], layout: Layout, *, name: str) -> Iterator[pa.Table]:
    rows = []
    for number, line in enumerate(stream):
        if line.strip():
            rows.append(_parse(line.decode(layout.encoding).rstrip(), name=name, lines_before=number))
        if len(rows) == ROWS_PER_BATCH:
            yield _rows(rows)
            rows = []
    if rows:
        yield _rows(rows)


def _parse(text: str, *, name: str, lines_before: int = 0) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except json.JSONDecodeError as exc:
        place = f"{name}:{lines_before + exc.lineno}:{exc.colno}"
        raise DataError(f"{place}: not JSON, or cut short: {exc.msg}") from exc


def _rows(rows: list[dict[str, Any]]) -> pa.Table:
    names = list(dict.fromkeys(key for row in rows for key in row))
    return pa.table({key: pa.array([_cell(row.get(key)) for row in rows], pa.string()) for key in names})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
