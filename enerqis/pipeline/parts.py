"""Parts of a sweep: points that are run together, and the rows that come of them, the same wherever they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from enerqis.compose.unions import AnyExperiment
from enerqis.engines.batching import first_rows, run_jobs
from enerqis.interfaces.engine import Job, Panel
from enerqis.io.project import Project
from enerqis.pipeline.grounds import Ground, Jobs
from enerqis.pipeline.point_table import blank, chunk_table, figures
from enerqis.quant.signatures import block_ends, signatures


class Point(NamedTuple):
    """A point that has to be run.

    Parameters
    ----------
    run_id : str
        Stage id of its backtest.
    fraction : float
        Part of the bars, from the start, to run over.
    spec : Experiment
    ground : Ground
    bars : int
        Rows of the panel that `fraction` is.
    """

    run_id: str
    fraction: float
    spec: AnyExperiment
    ground: Ground
    bars: int

    @property
    def key(self) -> tuple[str, float]:
        """What it is: its run id and the part of the bars."""
        return self.run_id, self.fraction


Launch = Callable[[Sequence[Sequence[Point]]], Iterator[tuple[int, pa.Table]]]
"""Runs parts and yields, as they are finished and in any order, the number of each and its table, `point_table.CHUNK`."""


class _Bars(NamedTuple):
    """The bars that a point runs over, and the rows of them after which a block of its signature ends."""

    panel: Panel
    ends: tuple[int, ...]


class Parts:
    """Runs parts in this process.

    Parameters
    ----------
    project : Project
    threads : int, optional
        Default: the processor's cores. No row depends on it.
    """

    def __init__(self, project: Project, *, threads: int | None = None) -> None:
        self._project = project
        self._threads = threads
        self._jobs = Jobs(project)
        self._bars: dict[tuple[int, int], _Bars] = {}

    def each(self, parts: Sequence[Sequence[Point]]) -> Iterator[tuple[int, pa.Table]]:
        """Run parts one by one, each on all cores."""
        for number, part in enumerate(parts):
            yield number, self.table(part)

    def table(self, part: Sequence[Point]) -> pa.Table:
        """Return the rows of one part; a point that fails has an error and no figures."""
        jobs = [self._job(each) for each in part]
        ran = run_jobs(jobs, cache_folder=self._project.kernels, threads=self._threads)
        cash = np.array([each.spec.execution.initial_cash for each in part])
        rows = figures(
            ran,
            bars=np.array([float(each.bars) for each in part]),
            initial_cash=cash,
            bars_per_year=np.array([each.ground.bars_per_year for each in part]),
        )
        rows[list(ran.errors)] = blank(len(ran.errors))
        returns = signatures(ran.result.marks, np.array([each.marks for each in jobs]), initial=cash)
        for i in ran.errors:
            returns[i] = ""
        errors = [ran.errors.get(i, "") for i in range(len(part))]
        return chunk_table([each.run_id for each in part], errors, returns, rows)

    def _job(self, point: Point) -> Job:
        bars = self._bars_of(point)
        return replace(self._jobs.of(point.spec, point.ground), panel=bars.panel, marks=bars.ends)

    def _bars_of(self, point: Point) -> _Bars:
        """Return the bars that a point runs over; the same object for the same part of them."""
        whole, (first_ts, last_ts) = point.ground.panel, point.ground.span
        key = (id(whole), point.bars)
        if key not in self._bars:
            panel = whole if point.bars == whole.ts.size else first_rows(whole, point.bars)
            ends = block_ends(panel.ts, first_ts=first_ts, last_ts=last_ts)
            self._bars[key] = _Bars(panel, tuple(ends.tolist()))
        return self._bars[key]
