"""Splits and dividends of a dataset by symbol and session: carried by rows of the source, or declared by the dataset."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.ingestion.columns import named_column
from enerqis.ingestion.findings import Findings
from enerqis.ingestion.numbers import parse_numbers
from enerqis.spec.dataset import Dataset

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

EPOCH_DAY = date(1970, 1, 1)


class Action(NamedTuple):
    """What takes effect at the open of a session.

    Parameters
    ----------
    day : int
        The session, days since 1970-01-01.
    split_factor : float
        New units per old; 1 = none.
    dividend : float
        Cash per unit after the split; 0 = none.
    """

    day: int
    split_factor: float
    dividend: float


class RowActions(NamedTuple):
    """Actions of the rows that carry one: index of the symbol, session, and what takes effect; arrays of shape (n_actions,)."""

    code: npt.NDArray[np.int16]
    day: Ints
    split_factor: Floats
    dividend: Floats


class Actions:
    """All splits and dividends of one dataset.

    Parameters
    ----------
    dataset : Dataset
        Its declared events replace those of the same symbol, session and kind that rows carry; of several rows that carry one
        the first counts, with ``rules.duplicates: last`` the last.
    """

    def __init__(self, dataset: Dataset[Any]) -> None:
        self._keeps_last = dataset.rules.duplicates == "last"
        self._split_factors: list[dict[int, float]] = [{} for _ in dataset.symbols]
        self._dividends: list[dict[int, float]] = [{} for _ in dataset.symbols]
        self._declared_splits: list[dict[int, float]] = [{} for _ in dataset.symbols]
        self._declared_dividends: list[dict[int, float]] = [{} for _ in dataset.symbols]
        for split in dataset.adjustments.splits:
            self._declared_splits[dataset.symbols.index(split.symbol)][_days(split.session)] = split.factor
        for paid in dataset.adjustments.dividends:
            self._declared_dividends[dataset.symbols.index(paid.symbol)][_days(paid.session)] = paid.amount

    def add(self, rows: RowActions) -> None:
        """Take in the actions of some rows, in the order of the source."""
        for code, day, split_factor, dividend in zip(*(each.tolist() for each in rows), strict=True):
            if split_factor != 1.0 and (self._keeps_last or day not in self._split_factors[code]):
                self._split_factors[code][day] = split_factor
            if dividend != 0.0 and (self._keeps_last or day not in self._dividends[code]):
                self._dividends[code][day] = dividend

    def of(self, code: int) -> tuple[Action, ...]:
        """Return the actions of one symbol, sorted by day."""
        split_factors = self._split_factors[code] | self._declared_splits[code]
        dividends = self._dividends[code] | self._declared_dividends[code]
        days = sorted({*split_factors, *dividends})
        return tuple(Action(day, split_factors.get(day, 1.0), dividends.get(day, 0.0)) for day in days)


def checked_actions(
    table: pa.Table, source: str, dataset: Dataset[Any], found: Findings
) -> tuple[Floats, Floats] | None:
    """Return split factor and dividend of each row, 1 and 0 where it carries none; None where no column tells of them.

    What rules say goes to `found`.

    Raises
    ------
    DataError
        If a declared column is missing.
    """
    columns = dataset.columns
    if not columns.has_actions:
        return None
    split_factor, dividend = np.ones(table.num_rows), np.zeros(table.num_rows)
    if columns.split_factor is not None:
        column = named_column(table, columns.split_factor, source)
        split_factor, is_malformed = parse_numbers(column, dataset.numbers, scale=1.0)
        found.refuse("number", is_malformed)
    if columns.dividend is not None:
        column = named_column(table, columns.dividend, source)
        dividend, is_malformed = parse_numbers(column, dataset.numbers, scale=dataset.numbers.price_scale)
        found.refuse("number", is_malformed)
    found.refuse("corporate_action", (split_factor <= 0.0) | (dividend < 0.0))
    return np.nan_to_num(split_factor, nan=1.0), np.nan_to_num(dividend, nan=0.0)


def _days(day: date) -> int:
    return (day - EPOCH_DAY).days
