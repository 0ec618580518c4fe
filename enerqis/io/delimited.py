"""Text tables to batches of text columns, in bounded memory: CSV, JSON and JSON lines, plain or gzipped.

Cells are text as received: no type is guessed here. It is not for meaning: see `enerqis.ingestion`.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.csv

from enerqis.core.errors import DataError
from enerqis.spec.tabular import Layout

BLOCK_BYTES = 1 << 23
PROBE_BYTES = 1 << 16
JSON_BYTES_MAX = 1 << 28
ROWS_PER_BATCH = 100_000
MALFORMED_MAX = 100_000


def read_text_table(path: Path, layout: Layout, *, name: str) -> Iterator[tuple[pa.Table, tuple[str, ...]]]:
    """Yield the rows of `path` as tables of text columns, and with the last one all malformed lines.

    Raises
    ------
    DataError
        If the file is empty, truncated, binary, wrongly encoded or not of its declared format.
    """
    _probe(path, layout, name=name)
    try:
        if layout.format == "csv":
            yield from _csv(path, layout, name=name)
        else:
            for table in _json(path, layout, name=name):
                yield table, ()
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise DataError(f"{name}: the gzip stream is cut short or damaged: {exc}. Fetch the file again.") from exc
    except UnicodeError as exc:
        raise DataError(f"{name}: not {layout.encoding} text: {exc}. Set connector.layout.encoding.") from exc


def column_names(path: Path, layout: Layout, *, name: str) -> tuple[str, ...]:
    """Return the names of the columns of a text table."""
    for table, _ in read_text_table(path, layout, name=name):
        return tuple(table.column_names)
    return ()


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.name.endswith(".gz") else path.open("rb")


def _probe(path: Path, layout: Layout, *, name: str) -> None:
    """Refuse what is not text at all before a parser sees it."""
    try:
        with closing(_open(path)) as stream:
            head = stream.read(PROBE_BYTES)
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise DataError(f"{name}: the gzip stream is cut short or damaged: {exc}. Fetch the file again.") from exc
    if not head.strip():
        raise DataError(f"{name}: the file is empty")
    if layout.encoding != "utf-16" and (b"\0" in head or head[:2] == b"\x1f\x8b"):
        kind = "gzip data; give it a name ending in .gz" if head[:2] == b"\x1f\x8b" else "binary, or UTF-16 text"
        raise DataError(f"{name}: the file is {kind}, not {layout.encoding} text")


def _csv(path: Path, layout: Layout, *, name: str) -> Iterator[tuple[pa.Table, tuple[str, ...]]]:
    malformed: list[tuple[str, int]] = []

    def skip(row: Any) -> str:
        malformed.append((row.text, row.actual_columns))
        return "skip"

    names = layout.header or _header(path, layout, name=name)
    with closing(_open(path)) as stream:
        try:
            reader = pyarrow.csv.open_csv(
                stream if path.name.endswith(".gz") or layout.encoding != "utf-8" else str(path),
                read_options=pyarrow.csv.ReadOptions(
                    block_size=BLOCK_BYTES,
                    column_names=list(names),
                    skip_rows=layout.skip_rows + (layout.header is None),
                    encoding="utf8" if layout.encoding == "utf-8" else layout.encoding,
                ),
                parse_options=pyarrow.csv.ParseOptions(delimiter=layout.separator, invalid_row_handler=skip),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            for batch in reader:
                yield pa.Table.from_batches([batch]), ()
                _refuse_foreign(malformed, names, layout, name=name)
        except pa.ArrowInvalid as exc:
            raise _arrow_error(exc, layout, name=name) from exc
    _refuse_cut(path, malformed, names, name=name)
    if malformed:  # at the end, as the parser runs ahead of its batches by no fixed number of rows
        yield _no_rows(names), tuple(text for text, _ in malformed)


def _refuse_foreign(malformed: list[tuple[str, int]], names: tuple[str, ...], layout: Layout, *, name: str) -> None:
    """Refuse a file of which so many lines have another number of fields that it is no table of these columns."""
    if len(malformed) > MALFORMED_MAX:
        raise DataError(
            f"{name}: more than {MALFORMED_MAX} lines do not have {len(names)} fields separated by {layout.separator!r}. "
            "Mend connector.layout."
        )


def _header(path: Path, layout: Layout, *, name: str) -> tuple[str, ...]:
    """Return the names in the header line, blanks around them dropped."""
    import csv
    import io

    with closing(_open(path)) as stream:
        lines = io.TextIOWrapper(
            stream, encoding="utf-8-sig" if layout.encoding == "utf-8" else layout.encoding, newline=""
        )
        for _ in range(layout.skip_rows):
            lines.readline()
        names = next(csv.reader(lines, delimiter=layout.separator), [])
    stripped = tuple(each.strip() for each in names)
    if not stripped:
        raise DataError(f"{name}: no header line after {layout.skip_rows} skipped lines")
    doubled = sorted({each for each in stripped if stripped.count(each) > 1})
    if doubled:
        raise DataError(
            f"{name}: the header names {doubled[0]!r} twice; give connector.layout.header and skip the line"
        )
    return stripped


def _refuse_cut(path: Path, malformed: list[tuple[str, int]], names: tuple[str, ...], *, name: str) -> None:
    """Refuse a file whose last line stops before its last field."""
    if not malformed or malformed[-1][1] >= len(names) or path.name.endswith(".gz"):
        return
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - PROBE_BYTES))
        tail = stream.read().rsplit(b"\n", 1)[-1]
    if tail and tail.decode("utf-8", "replace") == malformed[-1][0]:
        raise DataError(
            f"{name}: cut short: the last line has {malformed[-1][1]} of {len(names)} fields and no end of line. "
            "Fetch the file again."
        )


def _arrow_error(exc: pa.ArrowInvalid, layout: Layout, *, name: str) -> DataError:
    text = str(exc)
    if "UTF8" in text:
        return DataError(
            f"{name}: not {layout.encoding} text. Set connector.layout.encoding: latin-1, cp1252 or utf-16."
        )
    if "straddling" in text:
        return DataError(
            f"{name}: one row is longer than {BLOCK_BYTES} bytes: no CSV of separator {layout.separator!r}"
        )
    if "Empty CSV" in text:
        return DataError(f"{name}: no rows after the header")
    return DataError(f"{name}: cannot be parsed as CSV: {text}")


def _no_rows(names: tuple[str, ...]) -> pa.Table:
    return pa.table({each: pa.array([], pa.string()) for each in names})


def _json(path: Path, layout: Layout, *, name: str) -> Iterator[pa.Table]:
    """Yield rows of JSON with numbers kept as the text they were written in."""
    try:
        with closing(_open(path)) as stream:
            if layout.format == "jsonl":
                yield from _json_lines(stream, layout)
                return
            data = stream.read(JSON_BYTES_MAX + 1)
        if len(data) > JSON_BYTES_MAX:
            raise DataError(
                f"{name}: JSON above {JSON_BYTES_MAX} bytes cannot be read in bounded memory; use jsonl or CSV"
            )
        tree = _parse(data.decode(layout.encoding))
    except json.JSONDecodeError as exc:
        raise DataError(f"{name}:{exc.lineno}:{exc.colno}: not JSON, or cut short: {exc.msg}") from exc
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


def _json_lines(stream: IO[bytes], layout: Layout) -> Iterator[pa.Table]:
    rows = []
    for line in stream:
        if line.strip():
            rows.append(_parse(line.decode(layout.encoding)))
        if len(rows) == ROWS_PER_BATCH:
            yield _rows(rows)
            rows = []
    if rows:
        yield _rows(rows)


def _parse(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str)


def _rows(rows: list[dict[str, Any]]) -> pa.Table:
    names = list(dict.fromkeys(key for row in rows for key in row))
    return pa.table({key: pa.array([_cell(row.get(key)) for row in rows], pa.string()) for key in names})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
