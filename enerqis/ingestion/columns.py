"""Columns of a source by the names that the dataset declares."""

from __future__ import annotations

import difflib

import pyarrow as pa

from enerqis.core.errors import DataError


def named_column(table: pa.Table, name: str, source: str) -> pa.ChunkedArray:
    """Return the column `name` of rows that came from `source`.

    Raises
    ------
    DataError
        If there is none; the message names a near match and all there are.
    """
    if name in table.column_names:
        return table.column(name)
    near = difflib.get_close_matches(name, table.column_names, n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise DataError(f"{source}: no column '{name}'.{hint} The file has: {', '.join(table.column_names)}. Mend columns.")
