"""Arrow columns from numpy arrays and text, without pandas: `pyarrow.array` imports it, these do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.core.tables import INSTANT


def _column(values: npt.NDArray[np.generic], dtype: pa.DataType) -> pa.Array:
    return pa.Array.from_buffers(dtype, values.size, [None, pa.py_buffer(values)])


def floats(values: npt.NDArray[np.float64]) -> pa.Array:
    """Return a float64 column; contiguous values are not copied."""
    return _column(np.ascontiguousarray(values, dtype=np.float64), pa.float64())


def integers(values: npt.NDArray[np.integer]) -> pa.Array:
    """Return an int64 column; contiguous values are not copied."""
    return _column(np.ascontiguousarray(values, dtype=np.int64), pa.int64())


def instants(values: npt.NDArray[np.integer]) -> pa.Array:
    """Return UTC nanoseconds as a column of instants."""
    return _column(np.ascontiguousarray(values, dtype=np.int64), INSTANT)


def strings(values: Sequence[str]) -> pa.Array:
    """Return a text column of any values."""
    encoded = [each.encode() for each in values]
    ends = np.cumsum([0, *(len(each) for each in encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def texts(choices: Sequence[str], codes: npt.NDArray[np.number]) -> pa.Array:
    """Return a text column: for each code the choice at its place.

    Raises
    ------
    IndexError
        If a code has no choice.
    """
    places = codes.astype(np.int64)
    if places.size and not 0 <= places.min() <= places.max() < len(choices):
        raise IndexError(f"a code outside 0 to {len(choices) - 1}")
    encoded = [choice.encode() for choice in choices]
    ends = np.cumsum([0, *(len(each) for each in encoded)], dtype=np.int32)
    known = pa.StringArray.from_buffers(len(choices), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))
    return known.take(integers(places))
