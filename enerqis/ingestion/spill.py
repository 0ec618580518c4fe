"""Bars of any number, grouped by symbol and year of session, in bounded memory.

Bars are collected into runs; a full run is grouped and written beside the outputs as one Arrow batch per symbol and year. A
group is then read back from all runs and sorted by itself: an external sort whose buckets are the output's partitions, the
same for sorted and unsorted input. One run never touches the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.ingestion.bars import Bars, concatenate

RUN_BARS = 1_500_000


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
        self._run_bars = run_bars
        self._parts: list[Bars] = []
        self._held = 0
        self._files: list[Path] = []
        self._index: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def add(self, bars: Bars) -> None:
        """Take bars in the order they were received."""
        self._parts.append(bars)
        self._held += len(bars)
        if self._held >= self._run_bars:
            self._write_run()

    def groups(self) -> Iterator[tuple[int, int, Bars]]:
        """Yield symbol code, year and bars in order of receipt; by code, then year."""
        if not self._files:
            yield from _grouped(concatenate(self._parts)) if self._parts else ()
            return
        if self._held:
            self._write_run()
        readers = [pa.ipc.open_file(pa.OSFile(str(path))) for path in self._files]
        for key in sorted(self._index):
            parts = [Bars.from_record_batch(readers[run].get_batch(position)) for run, position in self._index[key]]
            yield *key, concatenate(parts)

    def close(self) -> None:
        """Remove the runs."""
        for path in self._files:
            path.unlink(missing_ok=True)
        if self._files:
            self._folder.rmdir()

    def _write_run(self) -> None:
        self._folder.mkdir(exist_ok=True)
        run = len(self._files)
        path = self._folder / f"{run}.arrow"
        self._files.append(path)
        bars = concatenate(self._parts)
        self._parts, self._held = [], 0
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_file(sink, bars.take(slice(0, 0)).record_batch().schema) as writer,
        ):
            for position, (code, year, group) in enumerate(_grouped(bars)):
                writer.write_batch(group.record_batch())
                self._index.setdefault((code, year), []).append((run, position))


def _grouped(bars: Bars) -> Iterator[tuple[int, int, Bars]]:
    """Yield the bars of each symbol and year, in order of receipt within."""
    by_code = np.argsort(bars.code, kind="stable")  # a radix sort, as codes have 16 bits
    codes = bars.code[by_code]
    for start, stop in _stretches(codes):
        of_symbol = by_code[start:stop]
        years = _years(bars.session[of_symbol])
        if (np.diff(years) < 0).any():
            by_year = np.argsort(years, kind="stable")
            of_symbol, years = of_symbol[by_year], years[by_year]
        for first, last in _stretches(years):
            yield int(codes[start]), int(years[first]), bars.take(of_symbol[first:last])


def _stretches(values: npt.NDArray[np.int16]) -> Iterator[tuple[int, int]]:
    """Yield start and stop of each stretch of equal values."""
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    return pairwise(edges) if len(values) else iter(())


def _years(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years.astype(np.int16)
