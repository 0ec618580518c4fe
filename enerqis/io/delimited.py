"""Text tables to batches of text columns, in bounded memory: CSV, JSON and JSON lines, plain or gzipped.

Cells are text as received: no type is guessed here. It is not for meaning: see `enerqis.ingestion`.
"""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from enerqis.core.errors import DataError
from enerqis.io.json_rows import json_tables
from enerqis.spec.tabular import Layout

BLOCK_BYTES = 1 << 20
PROBE_BYTES = 1 << 16
MALFORMED_MAX = 100_000

Ints = npt.NDArray[np.int64]


class TextRows(NamedTuple):
    """Some rows of a text table.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of text, as the file spells them.
    numbers : ndarray of shape (n_rows,), int64
        Number of each row in its file: 1 = first after the header, malformed ones counted.
    malformed : tuple of (int, str)
        Number and text of each line that has not the file's number of fields.
    """

    table: pa.Table
    numbers: Ints
    malformed: tuple[tuple[int, str], ...] = ()


class Malformed(NamedTuple):
    """A line that has not the file's number of fields: its number as a row, its text, how many fields it has."""

    number: int
    text: str
    fields: int


def numbered(first: int, count: int) -> Ints:
    """Return `count` row numbers from `first` on."""
    return np.arange(first, first + count, dtype=np.int64)


def read_text_table(path: Path, layout: Layout, *, name: str) -> Iterator[TextRows]:
    """Yield the rows of `path` as tables of text columns, and with the last one all malformed lines.

    Raises
    ------
    DataError
        If the file is empty, truncated, binary, wrongly encoded or not of its declared format.
    """
    _probe(path, layout, name=name)
    try:
        yield from (_csv if layout.format == "csv" else _json)(path, layout, name=name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise DataError(f"{name}: the gzip stream is cut short or damaged: {exc}. Fetch the file again.") from exc
    except UnicodeError as exc:
        raise DataError(f"{name}: not {layout.encoding} text: {exc}. Set connector.layout.encoding.") from exc


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


def _csv(path: Path, layout: Layout, *, name: str) -> Iterator[TextRows]:
    malformed: list[Malformed] = []
    names = layout.header or _header(path, layout, name=name)
    skipped = layout.skip_rows + (layout.header is None)

    def skip(row: Any) -> str:
        malformed.append(Malformed(row.number - skipped, row.text, row.actual_columns))
        return "skip"

    with closing(_open(path)) as stream:
        try:
            reader = pyarrow.csv.open_csv(
                stream if path.name.endswith(".gz") or layout.encoding != "utf-8" else str(path),
                read_options=pyarrow.csv.ReadOptions(
                    block_size=BLOCK_BYTES,
                    column_names=list(names),
                    skip_rows=skipped,
                    encoding="utf8" if layout.encoding == "utf-8" else layout.encoding,
                    use_threads=False,  # else malformed rows have no number
                ),
                parse_options=pyarrow.csv.ParseOptions(delimiter=layout.separator, invalid_row_handler=skip),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            last = 0
            for batch in _ahead(reader):
                numbers = _well_formed(last + 1, batch.num_rows, malformed)
                last = int(numbers[-1]) if len(numbers) else last
                yield TextRows(pa.Table.from_batches([batch]), numbers)
                _refuse_foreign(malformed, names, layout, name=name)
        except pa.ArrowInvalid as exc:
            raise _arrow_error(exc, layout, name=name) from exc
    _refuse_cut(path, malformed, names, name=name)
    if malformed:  # at the end, as the parser runs ahead of its batches
        yield TextRows(_no_rows(names), numbered(1, 0), tuple((each.number, each.text) for each in malformed))


def _ahead(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches while the next one is parsed in a thread of its own."""
    parsed = iter(batches)
    with ThreadPoolExecutor(1, "parse") as thread:
        batch = next(parsed, None)
        while batch is not None:
            coming = thread.submit(next, parsed, None)
            yield batch
            batch = coming.result()


def _well_formed(first: int, count: int, malformed: Sequence[Malformed]) -> Ints:
    """Return the numbers of the next `count` rows from `first` on, leaving out those that are malformed."""
    taken = [each.number for each in malformed[bisect_left(malformed, first, key=attrgetter("number")) :]]
    if not taken:
        return numbered(first, count)
    return np.setdiff1d(numbered(first, count + len(taken)), taken, assume_unique=True)[:count]


def _refuse_foreign(malformed: Sequence[Malformed], names: tuple[str, ...], layout: Layout, *, name: str) -> None:
    """Refuse a file of which so many lines have another number of fields that it is no table of these columns."""
    if len(malformed) > MALFORMED_MAX:
        first = malformed[0]
        raise DataError(
            f"{name}: more than {MALFORMED_MAX} lines do not have {len(names)} fields separated by {layout.separator!r}; "
            f"the first is data row {first.number}, with {first.fields}. Mend connector.layout."
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


def _refuse_cut(path: Path, malformed: Sequence[Malformed], names: tuple[str, ...], *, name: str) -> None:
    """Refuse a file whose last line stops before its last field."""
    if not malformed or malformed[-1].fields >= len(names) or path.name.endswith(".gz"):
        return
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - PROBE_BYTES))
        tail = stream.read().rsplit(b"\n", 1)[-1]
    last = malformed[-1]
    if tail and tail.decode("utf-8", "replace") == last.text:
        raise DataError(
            f"{name}: cut short: the last line, data row {last.number}, has {last.fields} of {len(names)} fields and no "
            "end of line. Fetch the file again."
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


def _json(path: Path, layout: Layout, *, name: str) -> Iterator[TextRows]:
    first = 1
    with closing(_open(path)) as stream:
        for table in json_tables(stream, layout, name=name):
            yield TextRows(table, numbered(first, table.num_rows))
            first += table.num_rows


def _no_rows(names: tuple[str, ...]) -> pa.Table:
    return pa.table({each: pa.array([], pa.string()) for each in names})
