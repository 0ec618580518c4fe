"""Pauses between bars: the usual ones of a market, such as weekends, and gaps, which are longer."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

TIMES_A_YEAR = 4
"""A pause is usual if pauses as long come so often a year, and at least twice."""

LONGER = 2.0
"""A gap is longer than the longest usual pause by more than this factor."""

YEAR_SECONDS = 31_557_600.0


def gap_rows(seconds: Ints) -> Ints:
    """Return the rows before which a gap lies.

    Parameters
    ----------
    seconds : ndarray of shape (n_bars,)
        Closes of one symbol's bars, increasing.

    Returns
    -------
    ndarray of shape (n_gaps,)
        Row numbers, increasing. Weekends and holidays of a calendar are no gaps; a month without a bar is.
    """
    if len(seconds) < 3:
        return np.zeros(0, dtype=np.int64)
    pauses = np.diff(seconds)
    years = float(seconds[-1] - seconds[0]) / YEAR_SECONDS
    often = min(len(pauses), max(2, math.ceil(TIMES_A_YEAR * years)))
    usual = np.sort(pauses)[-often]
    gaps: Ints = np.flatnonzero(pauses > LONGER * usual) + 1
    return gaps
