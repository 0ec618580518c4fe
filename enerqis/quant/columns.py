"""Columns of tables as the plain numbers that maths needs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def integers(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    """Return a column of instants (UTC ns), dates (days since 1970-01-01) or counts as int64.

    Parameters
    ----------
    table : pyarrow.Table
        `n_rows` rows, no null in the column.
    name : str

    Returns
    -------
    ndarray of shape (n_rows,)
    """
    column = table.column(name)
    plain = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    values: npt.NDArray[np.int64] = plain.cast(pa.int64()).to_numpy()
    return values
