"""Rows as received to bars: symbols selected, then every rule that looks at one row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.errors import DataError
from enerqis.ingestion.actions import RowActions, checked_actions
from enerqis.ingestion.bars import Bars
from enerqis.ingestion.columns import named_column
from enerqis.ingestion.findings import Findings
from enerqis.ingestion.times import checked_times, looks_filled
from enerqis.ingestion.values import checked_values
from enerqis.interfaces.connector import Rows
from enerqis.spec.dataset import Dataset

Codes = npt.NDArray[np.int16]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RowResult:
    """What became of some rows.

    Parameters
    ----------
    bars : Bars
        Rows that every rule let pass, in the order of the file.
    refused : ndarray of shape (n_refused,), int64
        Positions in `table` of the others.
    rules : tuple of str, of length n_refused
        The rule that refused each.
    table : pyarrow.Table
        The selected rows as received.
    rows : ndarray of int64
        Row number of each row of `table`.
    not_selected : int
        Rows of symbols that the dataset does not name.
    noted : Counter
        Rows kept although a rule found them, by rule.
    fixed : Counter
        Rows mended, by rule.
    actions : RowActions or None
        Splits and dividends that rows carry, refused ones included; None where no column tells of them.
    """

    bars: Bars
    refused: Ints
    rules: tuple[str, ...]
    table: pa.Table
    rows: Ints
    not_selected: int
    noted: Counter[str]
    fixed: Counter[str]
    actions: RowActions | None


class RowRules:
    """The rules of one dataset, ready to be applied batch by batch.

    Parameters
    ----------
    dataset : Dataset
    """

    def __init__(self, dataset: Dataset[Any]) -> None:
        self._dataset = dataset
        by_source = {source: name for source, name in dataset.rename.items() if name in dataset.symbols}
        renamed = set(by_source.values())
        by_source.update({symbol: symbol for symbol in dataset.symbols if symbol not in renamed})
        self._spellings = pa.array(list(by_source), pa.string())
        self._codes = np.array([dataset.symbols.index(name) for name in by_source.values()], dtype=np.int16)

    def apply(self, rows: Rows, source: str) -> RowResult:
        """Turn rows into bars.

        Raises
        ------
        DataError
            If a declared column is missing.
        """
        code = self._symbol_codes(rows, source)
        table, numbers, selected = rows.table, rows.numbers, code >= 0
        if not selected.all():
            table, numbers, code = table.filter(pa.array(selected)), numbers[selected], code[selected]
        found = Findings(len(code))
        carried = checked_actions(table, source, self._dataset, found)
        values = checked_values(table, source, self._dataset, found)
        times = checked_times(table, source, self._dataset, found, is_filling=looks_filled(values))
        file = np.full(len(code), rows.file, dtype=np.int16)
        bars = Bars(
            code=code, ts_open=times.ts_open, ts=times.ts, session=times.session, **values, file=file, row=numbers
        )
        kept = found.kept()
        return RowResult(
            bars=bars if kept.all() else bars.take(kept),
            refused=np.flatnonzero(~kept),
            rules=found.refusals(),
            table=table,
            rows=numbers,
            not_selected=int(len(selected) - len(code)),
            noted=found.noted(),
            fixed=found.fixed(),
            actions=None if carried is None else _row_actions(code, times.session, *carried, found),
        )

    def _symbol_codes(self, rows: Rows, source: str) -> Codes:
        """Return the index of each row's symbol, -1 where the dataset does not name it."""
        name = self._dataset.columns.symbol
        if name is None:
            return np.full(rows.table.num_rows, self._code_of_file(rows, source), dtype=np.int16)
        spelled = named_column(rows.table, name, source).cast(pa.string())
        positions = np.asarray(pc.fill_null(pc.index_in(spelled, value_set=self._spellings), -1), dtype=np.int64)
        return np.append(self._codes, np.int16(-1))[positions]

    def _code_of_file(self, rows: Rows, source: str) -> int:
        """Return the index of the symbol that the whole file is about, -1 where the dataset does not name it."""
        if rows.symbol is None and len(self._dataset.symbols) > 1:
            raise DataError(
                f"{source}: which of the {len(self._dataset.symbols)} symbols is this? Name columns.symbol, or the "
                "file's symbol in connector.files"
            )
        position = pc.index(self._spellings, rows.symbol or self._dataset.symbols[0]).as_py()
        return int(self._codes[position]) if position >= 0 else -1


def _row_actions(code: Codes, day: Ints, split_factor: Floats, dividend: Floats, found: Findings) -> RowActions:
    """Return the actions of rows whose stamp and numbers can be read, whatever other rule refused their prices."""
    kept = ((split_factor != 1.0) | (dividend != 0.0)) & ~found.refused_before("missing")
    return RowActions(code[kept], day[kept], split_factor[kept], dividend[kept])
