"""Parts of a sweep: points that are run together, and the rows that come of them, the same wherever they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from enerqis.compose.unions import AnyExperiment
from enerqis.engines.batching import first_rows, run_jobs
from enerqis.interfaces.engine import Panel
from enerqis.io.project import Project
from enerqis.pipeline.grounds import Ground, Jobs
from enerqis.pipeline.point_table import blank, chunk_table, figures


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
        self._panels: dict[tuple[int, int], Panel] = {}

    def each(self, parts: Sequence[Sequence[Point]]) -> Iterator[tuple[int, pa.Table]]:
        """Run parts one by one, each on all cores."""
        for number, part in enumerate(parts):
            yield number, self.table(part)

    def table(self, part: Sequence[Point]) -> pa.Table:
        """Return the rows of one part; a point that fails has an error and no figures."""
        jobs = [replace(self._jobs.of(each.spec, each.ground), panel=self._panel(each)) for each in part]
        ran = run_jobs(jobs, cache_folder=self._project.kernels, threads=self._threads)
        rows = figures(
            ran,
            bars=np.array([float(each.bars) for each in part]),
            initial_cash=np.array([each.spec.execution.initial_cash for each in part]),
            bars_per_year=np.array([each.ground.bars_per_year for each in part]),
        )
        rows[list(ran.errors)] = blank(len(ran.errors))
        return chunk_table([each.run_id for each in part], [ran.errors.get(i, "") for i in range(len(part))], rows)

    def _panel(self, each: Point) -> Panel:
        """Return the bars that a point runs over; the same object for the same part of them."""
        panel = each.ground.panel
        if each.bars == panel.ts.size:
            return panel
        key = (id(panel), each.bars)
        if key not in self._panels:
            self._panels[key] = first_rows(panel, each.bars)
        return self._panels[key]
