"""Two tables of one form held against each other value by value, within a relative tolerance."""

from __future__ import annotations

import numpy as np
import pyarrow as pa


def first_apart(left: pa.Table, right: pa.Table, *, relative: float) -> str:
    """Return where two tables first lie further apart than allowed, in words; empty where they do not.

    Parameters
    ----------
    left, right : pyarrow.Table
    relative : float
        Largest difference of two floats over the larger of them; every other type has to be equal. NaN equals NaN.
    """
    if left.schema.names != right.schema.names:
        return f"columns {', '.join(left.schema.names)} against {', '.join(right.schema.names)}"
    if left.num_rows != right.num_rows:
        return f"{left.num_rows} rows against {right.num_rows}"
    firsts = []
    for name in left.schema.names:
        one, other = left.column(name), right.column(name)
        if not pa.types.is_floating(one.type):
            apart = np.array([a != b for a, b in zip(one.to_pylist(), other.to_pylist(), strict=True)], dtype=bool)
        else:
            a, b = one.to_numpy(), other.to_numpy()
            with np.errstate(invalid="ignore"):
                close = (a == b) | (np.abs(a - b) <= relative * np.maximum(np.abs(a), np.abs(b)))
            apart = ~(close | (np.isnan(a) & np.isnan(b)))
        if apart.any():
            row = int(np.argmax(apart))
            firsts.append((row, name, one[row].as_py(), other[row].as_py()))
    if not firsts:
        return ""
    row, name, before, after = min(firsts)
    return f"row {row + 1}, {name}: {before!r} against {after!r}"
