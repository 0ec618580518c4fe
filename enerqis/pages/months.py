"""Returns by month and year, as a table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.pages import formatting
from enerqis.quant.returns import compounded, monthly_returns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TINTS = (0.0005, 0.02, 0.05, 0.10)
"""Absolute returns from which a cell is tinted one step stronger."""


class Cell(NamedTuple):
    """One figure of the table: its text, and its tint: "" or up1 to up4 or down1 to down4."""

    text: str
    tint: str


class Year(NamedTuple):
    """One row: the year, twelve months, the whole year, and the whole year of buying and holding."""

    year: int
    months: list[Cell]
    whole: Cell
    benchmark: Cell


def year_rows(sessions: Ints, returns: Floats, benchmark_returns: Floats) -> list[Year]:
    """Return the table's rows, oldest year first.

    Parameters
    ----------
    sessions : ndarray of shape (n_sessions,)
        Days since 1970-01-01, increasing.
    returns, benchmark_returns : ndarray of shape (n_sessions,)
        Fractions per session.
    """
    months, monthly = monthly_returns(sessions, returns)
    _, monthly_benchmark = monthly_returns(sessions, benchmark_returns)
    rows = []
    for year in sorted(set((months // 12).tolist())):
        inside = months // 12 == year
        cells = dict(zip((months[inside] % 12).tolist(), monthly[inside].tolist(), strict=True))
        rows.append(
            Year(
                year=1970 + year,
                months=[_cell(cells[month]) if month in cells else Cell("", "") for month in range(12)],
                whole=_cell(compounded(monthly[inside])),
                benchmark=_cell(compounded(monthly_benchmark[inside])),
            )
        )
    return rows


def _cell(fraction: float) -> Cell:
    step = sum(abs(fraction) >= bound for bound in TINTS)
    tint = f"{'up' if fraction > 0.0 else 'down'}{step}" if step else ""
    return Cell(formatting.number(100.0 * fraction, 1), tint)
