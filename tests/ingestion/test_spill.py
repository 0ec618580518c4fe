"""Runs of bars on the disk: what comes back is what a plain sort of everything gives."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.ingestion.bars import Bars
from enerqis.ingestion.spill import Spill

TURN_OF_THE_YEAR = (date(2021, 1, 1) - date(1970, 1, 1)).days


def made(rows: list[tuple[int, int]], first: int) -> Bars:
    """Bars of (symbol, day after the turn of a year), numbered from `first`."""
    code = np.array([row[0] for row in rows], dtype=np.int16)
    session = np.array([TURN_OF_THE_YEAR + row[1] for row in rows], dtype=np.int64)
    number = np.arange(first, first + len(rows), dtype=np.int64)
    price = number / 4
    return Bars(
        code, number, number, session, price, price, price, price, price, price, price, np.zeros_like(code), number
    )


def filled(folder: Path, rows: list[tuple[int, int]], parts: list[int], run_bars: int) -> Spill:
    """A spill that was given the rows in parts of these lengths."""
    spill, first = Spill(folder, run_bars=run_bars), 0
    for length in parts:
        spill.add(made(rows[first : first + length], first))
        first += length
    assert first == len(rows)
    return spill


@pytest.mark.parametrize("run_bars", [1, 7, 39, 40, 1000])
def test_each_symbol_and_year_comes_back_in_order_of_receipt(tmp_path: Path, run_bars: int) -> None:
    rows = [((3 * place) % 4, (5 * place) % 9 - 4) for place in range(40)]
    spill = filled(tmp_path / "runs", rows, [1, 0, 25, 3, 11], run_bars)
    found = {(code, year): (group.row.tolist(), group.close.tolist()) for code, year, group in spill.groups()}
    expected: dict[tuple[int, int], list[int]] = {}
    for number, (code, day) in enumerate(rows):
        expected.setdefault((code, 2020 if day < 0 else 2021), []).append(number)
    assert found == {key: (numbers, [number / 4 for number in numbers]) for key, numbers in expected.items()}
    assert list(found) == sorted(expected)
    assert (tmp_path / "runs").exists() == (run_bars < 40)
    spill.close()
    assert not (tmp_path / "runs").exists()


def test_a_run_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    spill = filled(tmp_path / "runs", [(0, 1)] * 10, [10], 4)
    run = tmp_path / "runs" / "0"
    run.write_bytes(run.read_bytes()[:-1])
    with pytest.raises(StageError, match="0: cut short while it was in use"):
        list(spill.groups())
