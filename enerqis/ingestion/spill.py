"""Bars of any number, grouped by symbol and year of session, in bounded memory.

Bars are collected into runs; a full run is grouped and written beside the outputs, symbol by symbol and year by year. A group
is then read back from all runs and sorted by itself: an external sort whose buckets are the output's partitions, the same for
sorted and unsorted input. One run never touches the disk. The columns of a run are allocated once and used again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import BufferedReader
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.core.errors import StageError
from enerqis.ingestion.bars import Bars, empty_bars

Shorts = npt.NDArray[np.int16]

RUN_BARS = 1_000_000


class Piece(NamedTuple):
    """The bars of one group in one run.

    Parameters
    ----------
    run : int
        Which run, 0 = first.
    offset : int
        Byte of the run's file at which its columns begin, one after the other.
    bars : int
        How many there are.
    """

    run: int
    offset: int
    bars: int


class Spill:
    """Bars on their way to their partitions.

    Parameters
    ----------
    folder : Path
        Where runs are written; made when first needed, emptied by `close`.
    run_bars : int
        Bars held in memory before a run is written.
    """

    def __init__(self, folder: Path, *, run_bars: int = RUN_BARS) -> None:
        self._folder = folder
        self._received = empty_bars(run_bars)
        self._sorted = empty_bars(run_bars)
        self._held = 0
        self._files: list[Path] = []
        self._index: dict[tuple[int, int], list[Piece]] = {}

    def add(self, bars: Bars) -> None:
        """Take bars in the order they were received."""
        start = 0
        while start < len(bars):
            if self._held == len(self._received):
                self._write_run()
            stop = min(len(bars), start + len(self._received) - self._held)
            self._received.put(self._held, bars.take(slice(start, stop)))
            self._held += stop - start
            start = stop

    def groups(self) -> Iterator[tuple[int, int, Bars]]:
        """Yield symbol code, year and bars in order of receipt; by code, then year."""
        if not self._files:
            yield from self._grouped()
            return
        if self._held:
            self._write_run()
        self._received = self._sorted = empty_bars(0)
        with ExitStack() as stack:
            runs = [stack.enter_context(path.open("rb")) for path in self._files]
            for key in sorted(self._index):
                yield *key, _joined(runs, self._index[key])

    def close(self) -> None:
        """Remove the runs."""
        for path in self._files:
            path.unlink(missing_ok=True)
        if self._files:
            self._folder.rmdir()

    def _write_run(self) -> None:
        self._folder.mkdir(exist_ok=True)
        run = len(self._files)
        path = self._folder / str(run)
        self._files.append(path)
        with path.open("wb") as sink:
            for code, year, group in self._grouped():
                self._index.setdefault((code, year), []).append(Piece(run, sink.tell(), len(group)))
                for column in group.columns():
                    sink.write(column.data)
        self._held = 0

    def _grouped(self) -> Iterator[tuple[int, int, Bars]]:
        """Yield the bars held of each symbol and year, in order of receipt within; they are valid until the next `add`."""
        held = self._received.take(slice(0, self._held))
        years = _years(held.session)
        order = _ordered(held.code, years)
        for column, target in zip(held.columns(), self._sorted.columns(), strict=True):
            np.take(column, order, out=target[: self._held], mode="clip")  # the mode that writes straight to `out`
        years = years[order]
        for start, stop in _stretches(self._sorted.code[: self._held], years):
            group = self._sorted.take(slice(start, stop))
            yield int(group.code[0]), int(years[start]), group


def _joined(runs: Sequence[BufferedReader], pieces: Sequence[Piece]) -> Bars:
    """Return the bars of one group from all runs.

    Raises
    ------
    StageError
        If a run is shorter than it was written.
    """
    bars = empty_bars(sum(piece.bars for piece in pieces))
    start = 0
    for piece in pieces:
        stream = runs[piece.run]
        stream.seek(piece.offset)
        for column in bars.take(slice(start, start + piece.bars)).columns():
            if stream.readinto(column.data) != column.nbytes:
                raise StageError(f"{stream.name}: cut short while it was in use; nothing was kept. Run again.")
        start += piece.bars
    return bars


def _ordered(code: Shorts, years: Shorts) -> npt.NDArray[np.intp]:
    """Return the order by code, then year; equals stay as they were."""
    if (years[1:] == years[:-1]).all():
        return np.argsort(code, kind="stable")  # a radix sort, as codes have 16 bits
    by_year = np.argsort(years, kind="stable")
    return by_year[np.argsort(code[by_year], kind="stable")]


def _stretches(code: Shorts, years: Shorts) -> Iterator[tuple[int, int]]:
    """Yield start and stop of each stretch of one code and year."""
    if not len(code):
        return iter(())
    is_edge = (code[1:] != code[:-1]) | (years[1:] != years[:-1])
    return pairwise([0, *(np.flatnonzero(is_edge) + 1).tolist(), len(code)])


def _years(days: npt.NDArray[np.int64]) -> Shorts:
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years.astype(np.int16)
