"""The first half of an ingestion: batches of rows through the rules that look at one row, to bars of any order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.errors import DataError
from enerqis.ingestion.actions import Actions
from enerqis.ingestion.bars import Bars
from enerqis.ingestion.rejections import Rejections, rows_as_json
from enerqis.ingestion.rows import RowRules
from enerqis.ingestion.series import went_back
from enerqis.ingestion.spill import Spill
from enerqis.ingestion.tally import Tally
from enerqis.interfaces.connector import RawFile, Rows
from enerqis.spec.dataset import Dataset

SPELLINGS_MAX = 1000
"""Symbols of the source that are remembered for a message."""


class Reading:
    """Rows of one dataset on their way to `spill`.

    Parameters
    ----------
    dataset : Dataset
    rejections : Rejections
        Takes the rows that a rule refused.
    tally : Tally
        Counts; changed as rows come.
    spill : Spill
        Takes the bars.
    """

    def __init__(self, dataset: Dataset[Any], rejections: Rejections, tally: Tally, spill: Spill) -> None:
        self.newest: npt.NDArray[np.int64] = np.full(len(dataset.symbols), np.iinfo(np.int64).min)
        """Latest open of each symbol so far, UTC ns."""
        self.spellings: set[str] = set()
        """Some symbols of the source, for the message about one that is absent."""
        self.actions = Actions(dataset)
        """Splits and dividends so far."""
        self._dataset = dataset
        self._rules = RowRules(dataset)
        self._rejections = rejections
        self._tally = tally
        self._spill = spill

    def read(self, batches: Iterable[Rows], files: tuple[RawFile, ...]) -> None:
        """Apply the rules of single rows to all batches and collect the bars.

        Raises
        ------
        DataError
            If there are no rows at all, or not what the dataset declares.
        """
        names = tuple(each.name for each in files)
        for rows in batches:
            self._tally.received += rows.table.num_rows + len(rows.malformed)
            if rows.malformed:
                self._rejections.add_lines(names[rows.file], rows.malformed)
            if rows.table.num_rows:
                self._take(rows, files[rows.file], names)
        if not self._tally.received:
            raise DataError(f"{', '.join(each.source for each in files)}: no rows")

    def _take(self, rows: Rows, file: RawFile, names: tuple[str, ...]) -> None:
        result = self._rules.apply(rows, file.source)
        self._tally.not_selected += result.not_selected
        if result.not_selected:
            self._note_spellings(rows)
        self._tally.noted += result.noted
        self._tally.fixed += result.fixed
        if result.actions is not None:
            self.actions.add(result.actions)
        if len(result.refused):
            text = rows_as_json(result.table.take(pa.array(result.refused)))
            self._rejections.add(file.name, result.rows[result.refused], result.rules, text)
        bars = self._ordered(result.bars, names)
        if len(bars):
            self._spill.add(bars)

    def _ordered(self, bars: Bars, names: tuple[str, ...]) -> Bars:
        """Count bars that go back in time, and refuse them where the dataset says so."""
        late = went_back(bars.code, bars.ts_open, self.newest)
        np.maximum.at(self.newest, bars.code, bars.ts_open)
        if not late.any():
            return bars
        if self._dataset.rules.unsorted == "sort":
            self._tally.fixed["unsorted"] += int(np.count_nonzero(late))
            return bars
        self._rejections.add_bars(names, self._dataset.symbols, bars.take(late), "unsorted")
        return bars.take(~late)

    def _note_spellings(self, rows: Rows) -> None:
        name = self._dataset.columns.symbol
        if name is None:
            self.spellings.add(str(rows.symbol))
        elif len(self.spellings) < SPELLINGS_MAX:
            self.spellings |= set(pc.unique(rows.table.column(name)).to_pylist())
