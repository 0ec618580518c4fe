"""Rows that a rule refused: kept in ``rejected.parquet`` with file, row, rule and content, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from enerqis.core.tables import REJECTED
from enerqis.ingestion.bars import PRICES, Bars
from enerqis.io.hashing import TableHasher
from enerqis.io.parquet import COMPRESSION

FILE = "rejected.parquet"
ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


class Rejections:
    """Writer and counter of rejected rows; the file has no rows where nothing was rejected.

    Parameters
    ----------
    folder : Path
        Where ``rejected.parquet`` is written.
    """

    def __init__(self, folder: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._hasher = TableHasher(REJECTED)
        self._writer = pq.ParquetWriter(folder / FILE, REJECTED, compression=COMPRESSION)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def add(self, source: str, rows: npt.NDArray[np.int64], rules: Sequence[str], text: pa.Array) -> None:
        """Add rows of one file; arrays and `rules` of the same length."""
        if not len(rows):
            return
        self.counts.update(rules)
        columns = [pa.repeat(pa.scalar(source), len(rows)), pa.array(rows), pa.array(rules, pa.string()), text]
        table = pa.table(columns, schema=REJECTED)
        self._hasher.update(table)
        self._writer.write_table(table)

    def content_digest(self) -> str:
        """Return the digest of all rejected rows so far."""
        return self._hasher.hexdigest()

    def add_lines(self, source: str, lines: Sequence[tuple[int, str]]) -> None:
        """Add lines, number and text of each, that have not the file's number of fields."""
        text = pa.array(['{"line": ' + _quoted(line) + "}" for _, line in lines], pa.string())
        numbers = np.array([number for number, _ in lines], dtype=np.int64)
        self.add(source, numbers, ["malformed"] * len(lines), text)

    def add_bars(self, sources: Sequence[str], symbols: Sequence[str], bars: Bars, rule: str) -> None:
        """Add bars that a rule over several rows refused; their content is written as it was understood."""
        text = _bars_as_json(bars, symbols)
        for file in np.unique(bars.file):
            of_file = np.flatnonzero(bars.file == file)
            self.add(sources[int(file)], bars.row[of_file], [rule] * len(of_file), text.take(pa.array(of_file)))


def rows_as_json(table: pa.Table) -> pa.Array:
    """Return each row of a table as a JSON object of text, without a loop over rows."""
    pieces: list[pa.Array | str] = []
    for index, name in enumerate(table.column_names):
        pieces += [("{" if index == 0 else ", ") + _quoted(name) + ': "', _escaped(table.column(name)), '"']
    return _chunk(pc.binary_join_element_wise(*pieces, "}", ""))


def _bars_as_json(bars: Bars, symbols: Sequence[str]) -> pa.Array:
    instants = {name: pa.array(getattr(bars, name)).cast(pa.timestamp("ns", "UTC")) for name in ("ts_open", "ts")}
    numbers = {name: pa.array(getattr(bars, name)) for name in (*PRICES, "volume")}
    symbol = pa.array(symbols, pa.string()).take(pa.array(bars.code))
    return rows_as_json(pa.table({"symbol": symbol, **instants, **numbers}))


def _escaped(column: pa.ChunkedArray) -> pa.Array:
    text = pc.fill_null(column.cast(pa.string()), "")
    for plain, escape in ESCAPES:
        text = pc.replace_substring(text, plain, escape)
    return _chunk(text)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _chunk(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], column.type)])
