"""Archives of bars in a folder of QuantConnect/Lean: members to batches of text columns, and quotes to their middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.errors import DataError
from enerqis.io.delimited import TextRows, read_text_table
from enerqis.io.zips import unpacked
from enerqis.spec.tabular import Layout

PRICES = ("open", "high", "low", "close")
COLUMNS = {
    "trade": ("ts", *PRICES, "volume"),
    "quote": ("ts", *(f"{side}_{name}" for side in ("bid", "ask") for name in (*PRICES, "size"))),
}
"""Columns of a bar's line by kind; the files have no header."""

GRID = 1e8
"""Quotes count in steps of 1 / GRID, so that the middle of two decimals is a decimal again; exact below 90 million."""

NUMBER = r"^-?\d+(\.\d*)?([eE][+-]?\d+)?$"


def read_archive(archive: Path, bars: str, *, name: str) -> Iterator[tuple[str, TextRows]]:
    """Yield each member's name and rows: columns of text, and of quotes also the middle and the spread.

    Parameters
    ----------
    archive : Path
    bars : {'trade', 'quote'}
        Kind of the bars.
    name : str
        What messages call the archive.

    Raises
    ------
    DataError
        If the archive or a member is damaged, or a member's lines are not those of such bars.
    """
    columns = COLUMNS[bars]
    with TemporaryDirectory(prefix="enerqis-lean-") as folder:
        for member, path in unpacked(archive, Path(folder), name=name).items():
            _refuse_other_bars(path, bars, name=f"{name}#{member}")
            for rows in read_text_table(path, Layout(header=columns), name=f"{name}#{member}"):
                yield member, rows._replace(table=with_middle(rows.table)) if bars == "quote" else rows


def with_middle(table: pa.Table) -> pa.Table:
    """Return quotes with columns open, high, low, close and spread: the middle of bid and ask, and ask less bid at the close.

    An empty side is not quoted: the other one is the price, and there is no spread. A cell that is no number makes no price.

    References
    ----------
    QuantConnect/Lean, ``Common/Data/Market/QuoteBar.cs``: the same rule for open, high, low and close.
    """
    for field in PRICES:
        bid, ask = (_grid_steps(table.column(f"{side}_{field}")) for side in ("bid", "ask"))
        middle = np.where(np.isnan(bid), 2.0 * ask, np.where(np.isnan(ask), 2.0 * bid, bid + ask)) / (2.0 * GRID)
        table = table.append_column(field, _finite(middle))
    return table.append_column("spread", _finite((ask - bid) / GRID))


def _grid_steps(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """Return the numbers of text cells in steps of the grid; NaN where a cell is empty, infinity where it is no number."""
    text = pc.utf8_trim_whitespace(column)
    number = pc.if_else(pc.match_substring_regex(text, NUMBER), text, pa.scalar(None, pa.string()))
    rest = pc.if_else(pc.equal(text, ""), np.nan, np.inf)
    values: npt.NDArray[np.float64] = np.rint(np.asarray(pc.coalesce(number.cast(pa.float64()), rest)) * GRID)
    return values


def _finite(values: npt.NDArray[np.float64]) -> pa.Array:
    """Return values as Arrow has them, null where there is none."""
    return pa.array(values, mask=~np.isfinite(values))


def _refuse_other_bars(path: Path, bars: str, *, name: str) -> None:
    """Refuse a member whose first line has another number of fields than such bars have."""
    with path.open("rb") as stream:
        first = stream.readline(1 << 16)
    fields, expected = first.count(b",") + 1, len(COLUMNS[bars])
    if first.strip() and fields != expected:
        raise DataError(
            f"{name}: the first line has {fields} fields, {bars} bars have {expected}: {', '.join(COLUMNS[bars])}. "
            f"Mend connector.bars ({' or '.join(COLUMNS)}), or fetch the file again."
        )
