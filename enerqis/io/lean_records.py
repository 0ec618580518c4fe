"""Records beside the prices in a folder of QuantConnect/Lean: map files (renames) and factor files (splits, dividends).

Days are numbers such as 20140402. Both files are CSV without header, sorted by date.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.core.errors import DataError


class Stretch(NamedTuple):
    """Days, both included, in which a security had one ticker; the first may be one more than a date: a bound, no date."""

    ticker: str
    first_day: int
    last_day: int


class FactorRows(NamedTuple):
    """Rows of a factor file; arrays of shape (n_rows,).

    Parameters
    ----------
    day : ndarray of int64
        Last day for which the factors of the row hold.
    price_factor, split_factor : ndarray of float64
        Cumulative factors for dividends and for splits.
    reference_price : ndarray of float64
        Raw close of the day.
    """

    day: npt.NDArray[np.int64]
    price_factor: npt.NDArray[np.float64]
    split_factor: npt.NDArray[np.float64]
    reference_price: npt.NDArray[np.float64]


def read_map_file(path: Path, *, name: str) -> tuple[Stretch, ...]:
    """Return the tickers of a security, oldest first.

    A row names the ticker up to and including its date; the first row's date is the security's first day, the last row's
    its last. `name` is what messages call the file.

    Raises
    ------
    DataError
        If a row is not a date and a ticker, or the dates do not ascend.

    References
    ----------
    QuantConnect/Lean, ``Common/Data/Auxiliary/MapFile.cs``: ``GetMappedSymbol``, ``HasData``.
    """
    rows = _rows(path, fields=2, name=name)
    first = int(rows[0][0])
    stretches: list[Stretch] = []
    for row in rows:
        day, ticker = int(row[0]), row[1].strip().lower()
        if stretches and stretches[-1].ticker == ticker:
            stretches[-1] = stretches[-1]._replace(last_day=day)
        else:
            stretches.append(Stretch(ticker, stretches[-1].last_day + 1 if stretches else first, day))
    return tuple(stretches)


def read_factor_file(path: Path, *, name: str) -> FactorRows:
    """Return the rows of a factor file; `name` is what messages call it.

    Raises
    ------
    DataError
        If a row is not a date and three numbers, a factor is not above 0, or the dates do not ascend.
    """
    rows = _rows(path, fields=4, name=name)
    try:
        values = np.array([[float(cell) for cell in row[1:4]] for row in rows])
    except ValueError as exc:
        raise DataError(f"{name}: {exc}; a row is date, price factor, split factor, reference price") from exc
    bad = np.flatnonzero(~(np.isfinite(values).all(axis=1) & (values[:, :2] > 0.0).all(axis=1)))
    if len(bad):
        raise DataError(f"{name}: row {bad[0] + 1}: factors must be finite and above 0, not {','.join(rows[bad[0]])}")
    return FactorRows(np.array([int(row[0]) for row in rows]), *values.T)


def _rows(path: Path, *, fields: int, name: str) -> Sequence[list[str]]:
    """Return the rows of a CSV that starts each with a day, blank lines left out."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.reader(stream) if row]
    except UnicodeError as exc:
        raise DataError(f"{name}: not UTF-8 text: {exc}. Fetch the file again.") from exc
    if not rows:
        raise DataError(f"{name}: no rows")
    for number, row in enumerate(rows, start=1):
        if len(row) < fields or not _is_day(row[0]):
            expected = f"a date such as 20140402 and at least {fields - 1} more fields"
            raise DataError(f"{name}: row {number}: needs {expected}, not {','.join(row)}")
    for number, (before, after) in enumerate(pairwise(rows), start=2):
        if after[0] <= before[0]:
            raise DataError(f"{name}: row {number}: {after[0]} does not come after {before[0]}")
    return rows


def _is_day(text: str) -> bool:
    """Return whether `text` is a date of eight digits."""
    try:
        return len(text) == len("20140402") and datetime.strptime(text, "%Y%m%d").strftime("%Y%m%d") == text
    except ValueError:
        return False
