"""Fewer rows for a picture: the rows that a line drawn through all of them would show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def extreme_rows(columns: Sequence[Floats], *, points: int) -> Ints:
    """Rows to keep: of equal stretches of rows the lowest and highest of every column, and the first and last row of all.

    Parameters
    ----------
    columns : sequence of ndarray of shape (n_rows,)
        Series drawn on one axis of time; NaN = no value.
    points : int
        Rows to keep at most; no row is dropped where there are no more than this.

    Returns
    -------
    ndarray of shape (n_kept,)
        Row numbers, increasing; the same for the same values.
    """
    n_rows = len(columns[0])
    if n_rows <= points:
        return np.arange(n_rows)
    stretches = max(1, (points - 2) // (2 * len(columns)))
    length = -(-n_rows // stretches)
    stretches = -(-n_rows // length)
    starts = np.arange(stretches) * length
    kept = [np.array([0, n_rows - 1])]
    for column in columns:
        for sign in (1.0, -1.0):
            padded = np.full(stretches * length, np.inf)
            padded[:n_rows] = np.where(np.isnan(column), np.inf, sign * column)
            kept.append(starts + padded.reshape(stretches, length).argmin(axis=1))
    return np.unique(np.concatenate(kept))
