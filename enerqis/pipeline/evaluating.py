"""Running the points of a sweep: each has the identity that it would have alone, equal ones run once, a bad one fails alone.

Points are taken in order and run in parts of bounded work; finished parts are kept until the sweep is whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from enerqis.compose.identifying import STAGE, Identities, Pins, SliceHashes
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import EnerqisError
from enerqis.engines.batching import KERNEL
from enerqis.engines.book import Floats
from enerqis.io.project import Project
from enerqis.io.trial_key import trial_key
from enerqis.pipeline import receipts
from enerqis.pipeline.chunks import Chunks
from enerqis.pipeline.grounds import Ground
from enerqis.pipeline.parts import Launch, Parts, Point
from enerqis.pipeline.point_table import CHUNK, FIGURES, blank, chunk_rows, point_table

CHUNK_BARS = 100_000_000
"""Bars times points of one part: about a second's work."""

CHUNK_POINTS = 2_000
"""Most points of one part."""


class Candidate(NamedTuple):
    """One point to run.

    Parameters
    ----------
    values : dict of key to value
        Its parameters.
    spec : Experiment or None
        None where it is wrong.
    problem : str
        What is wrong with it.
    fraction : float
        Part of the bars, from the start, to run over.
    """

    values: dict[str, Any]
    spec: AnyExperiment | None
    problem: str = ""
    fraction: float = 1.0


@dataclass(slots=True)
class Entry:
    """A point that was taken.

    Parameters
    ----------
    values : dict of key to value
    fraction : float
    run_id, trial, content, strategy_kind : str
        Stage id of its backtest, key of its trial, hash of its dataset's content, kind of its strategy; empty where its spec is
        wrong.
    error : str
        Why it failed; empty where it did not, or is not finished yet.
    signature : str
        Of its returns, `enerqis.quant.signatures`; empty until it is finished.
    same_as : int
        Earlier point that it is equal to; -1 = none.
    is_over : bool
        Whether it is finished or failed.
    """

    values: dict[str, Any]
    fraction: float
    run_id: str = ""
    trial: str = ""
    content: str = ""
    strategy_kind: str = ""
    error: str = ""
    signature: str = ""
    same_as: int = -1
    is_over: bool = False


@dataclass
class Progress:
    """How far a sweep is.

    Parameters
    ----------
    taken, done, failed, repeated : int
        Points named so far; those that are over; those among them that failed; those that are equal to an earlier one.
    total : int or None
        Points in all, where that is known.
    """

    taken: int = 0
    done: int = 0
    failed: int = 0
    repeated: int = 0
    total: int | None = None


class _New(NamedTuple):
    """A point that has to be run, and the row it is in."""

    row: int
    point: Point


@dataclass
class Evaluation:
    """A sweep under way.

    Parameters
    ----------
    project : Project
    ground : callable
        Returns what an experiment stands on.
    pins : callable
        Returns the hashes of the code and environment that an experiment depends on.
    on_progress : callable
        Takes the evaluation after each part.
    chunk_bars : int
        Bars times points of one part.
    launch : callable, optional
        Runs parts; by default in this process. No row depends on it.
    """

    project: Project
    ground: Callable[[AnyExperiment], Ground]
    pins: Callable[[AnyExperiment], Pins]
    on_progress: Callable[[Evaluation], object] = lambda _: None
    chunk_bars: int = CHUNK_BARS
    launch: Launch | None = None
    progress: Progress = field(default_factory=Progress)

    def __post_init__(self) -> None:
        """Begin without points."""
        self.identities = Identities(self.project, self.pins)
        self.entries: list[Entry] = []
        self.figures: Floats = np.empty((0, len(FIGURES)))
        self._new: list[_New] = []
        self._chunks = Chunks(self.project.chunks, CHUNK)
        self._first: dict[tuple[str, float], int] = {}
        self._local = Parts(self.project)

    def enter(self, candidates: Sequence[Candidate]) -> range:
        """Name some points after those before, find what each is, and return their rows; nothing is run yet."""
        start = len(self.entries)
        self.figures = np.concatenate([self.figures, blank(len(candidates))])
        for each in candidates:
            self._enter(each)
        self.on_progress(self)
        return range(start, len(self.entries))

    def run(self) -> None:
        """Run all points that were named and are not over."""
        parts = [part for part in self._split(self._new) if not self._found(part)]
        self._new = []
        for number, table in (self.launch or self._local.each)([[each.point for each in part] for part in parts]):
            self._chunks.keep(_keys(parts[number]), table)
            self._fill(parts[number], table)
            self.on_progress(self)
        for row, entry in enumerate(self.entries):
            if not entry.is_over:
                self._copy(row, entry)
        self.on_progress(self)

    def take(self, candidates: Sequence[Candidate]) -> range:
        """Name some points and run them; return their rows."""
        rows = self.enter(candidates)
        self.run()
        return rows

    def column(self, name: str) -> Floats:
        """Return one figure of all points so far; NaN where it is not there."""
        values: Floats = self.figures[:, FIGURES.index(name)]
        return values

    def table(self) -> pa.Table:
        """Return the table of all points."""
        return point_table(self.entries, self.figures)

    def facts(self) -> dict[str, Any]:
        """Return the counts of the sweep."""
        return {
            "points": self.progress.taken,
            "failed": self.progress.failed,
            "repeated": self.progress.repeated,
            "trials": len({entry.trial for entry in self.entries} - {""}),
        }

    def finish(self) -> None:
        """Let the kept parts go: the table is safe elsewhere."""
        self._chunks.forget()

    def _enter(self, each: Candidate) -> None:
        """Note a point, and that it has to be run where that is so."""
        row = len(self.entries)
        entry = Entry(each.values, each.fraction, error=each.problem)
        self.entries.append(entry)
        self.progress.taken += 1
        if each.spec is None:
            self._over(entry)
            return
        try:
            ground = self.ground(each.spec)
            entry.run_id = run_id(self.identities.hashes(each.spec), each.spec, ground)
        except EnerqisError as exc:
            entry.error = str(exc)
            self._over(entry)
            return
        entry.content = ground.data["parquet"]
        entry.trial = trial_key(self.identities.config(each.spec), entry.content)
        entry.strategy_kind = each.spec.strategy.kind
        bars = max(1, math.ceil(ground.panel.ts.size * each.fraction))
        point = Point(entry.run_id, each.fraction, each.spec, ground, bars)
        if self._first.setdefault(point.key, row) != row:
            entry.same_as = self._first[point.key]
            self.progress.repeated += 1
            return
        self._new.append(_New(row, point))

    def _over(self, entry: Entry) -> None:
        entry.is_over = True
        self.progress.done += 1
        self.progress.failed += bool(entry.error)

    def _split(self, new: Sequence[_New]) -> list[list[_New]]:
        """Return the points in parts of bounded work; those of slow engines each for itself."""
        parts: list[list[_New]] = []
        work = 0
        for each in new:
            is_alone = each.point.spec.execution.engine != KERNEL
            work += each.point.bars
            if not parts or is_alone or work > self.chunk_bars or len(parts[-1]) == CHUNK_POINTS:
                parts.append([])
                work = self.chunk_bars if is_alone else each.point.bars
            parts[-1].append(each)
        return parts

    def _found(self, part: Sequence[_New]) -> bool:
        """Return whether a part was finished before, and take its rows."""
        table = self._chunks.find(_keys(part))
        if table is not None:
            self._fill(part, table)
            self.on_progress(self)
        return table is not None

    def _fill(self, part: Sequence[_New], table: pa.Table) -> None:
        """Take the rows of a finished part."""
        for each, error, signature, row in zip(part, *chunk_rows(table), strict=True):
            self.figures[each.row] = row
            entry = self.entries[each.row]
            entry.error, entry.signature = error, signature
            self._over(entry)

    def _copy(self, row: int, entry: Entry) -> None:
        """Give a point that is equal to an earlier one what came of that."""
        self.figures[row] = self.figures[entry.same_as]
        earlier = self.entries[entry.same_as]
        entry.error, entry.signature = earlier.error, earlier.signature
        self._over(entry)


def _keys(part: Sequence[_New]) -> list[tuple[str, float]]:
    return [each.point.key for each in part]


def run_id(hashes: SliceHashes, experiment: AnyExperiment, ground: Ground) -> str:
    """Return the stage id that `backtest` has for an experiment."""
    components = {
        "config": hashes.spec_sha256,
        "data": dict(ground.data),
        "code": hashes.code_sha256,
        "environment": hashes.env_sha256,
        "engine": hashes.engine_sha256,
        "seed": experiment.seed,
    }
    return receipts.stage_id(STAGE, components)
