"""Drawdown: how far below its running peak a value stands, and for how long."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def drawdowns(values: Floats, *, initial: float) -> Floats:
    """Fraction lost from the running peak, which starts at `initial`.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
    initial : float
        Value before the first row, above zero.

    Returns
    -------
    ndarray of shape (n_rows,)
        0 at a peak, 0.25 when a quarter is lost; known at its row.
    """
    peaks = np.maximum.accumulate(np.maximum(values, initial))
    fractions: Floats = 1.0 - values / peaks
    return fractions


def longest_drawdown(fractions: Floats) -> int:
    """Return the longest run of rows below a peak, one still open at the end included."""
    below = np.concatenate(([0], (fractions > 0.0).astype(np.int8), [0]))
    edges = np.diff(below)
    lengths = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    return int(lengths.max(initial=0))
