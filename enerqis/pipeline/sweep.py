"""Stage sweep: the points that an experiment's search proposes, each run as `backtest` would run it, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from enerqis.compose.composed import Composed
from enerqis.compose.identifying import Pins
from enerqis.compose.points import Points, plain_values
from enerqis.compose.typed_parts import TypedParts
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import ConfigError, Problem, StageError
from enerqis.interfaces.search import SearchParams, SpaceParams, objective_of
from enerqis.io.hashing import table_digest
from enerqis.io.parquet import read_any, write_table
from enerqis.io.plugins import revive
from enerqis.io.project import Project
from enerqis.pipeline.evaluating import Candidate, Evaluation
from enerqis.pipeline.grounds import ground_of
from enerqis.pipeline.point_table import OBJECTIVES, POINTS_TABLE
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.quant.constraints import parse_constraint
from enerqis.spec.base import Spec
from enerqis.spec.execution import Execution
from enerqis.spec.universe import Universe

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS = ("parquet", "features")
OUTS = (Out("", "data/sweep/{name}", "file"),)
SHOWS: tuple[str, ...] = ()
KEEPS_OWN_OUTS = False
SINGLE = ("dataset", "universe", "strategy", "cost", "risk", "execution", "search")
"""Groups of the slice of which there is one choice."""


class SweepSlice(Spec):
    """What this stage reads of an experiment."""

    dataset: dict[str, Any]
    universe: Universe
    feature: dict[str, dict[str, Any]]
    strategy: dict[str, Any]
    cost: dict[str, dict[str, Any]]
    risk: dict[str, dict[str, Any] | None]
    execution: Execution
    search: dict[str, Any]
    seed: int
    backtest: dict[str, str]


def pins(work: Work) -> None:
    """Return None: all data of this stage are results of other stages."""


def compute(work: Work, folder: Path) -> Outcome:
    """Run the search to its end and write the table of its points."""
    spec = work.read(SweepSlice)
    ground = ground_of(spec.universe, work.inputs)
    points = _points(work.project, spec)
    pins = _OnePins(Pins(**spec.backtest))
    evaluation = Evaluation(work.project, lambda _: ground, pins.of, on_progress=work.on_progress, launch=work.launch)
    evaluation.identities.hashes(points.base)
    left_out = run_search(work, spec, points, evaluation)
    table = evaluation.table()
    write_table(table, folder / POINTS_TABLE)
    evaluation.finish()
    outputs = {POINTS_TABLE: table_digest([table], table.schema)}
    facts = {**evaluation.facts(), "left_out": left_out}
    return Outcome(result_digest(outputs), outputs, facts)


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of the table."""
    return outputs[POINTS_TABLE]


def content_digest(result: Result, file: str) -> str:
    """Return the hash of the table of a finished result, as it lies there now."""
    table = read_any(result.path(file))
    return table_digest([table], table.schema)


class _OnePins:
    """The pins that `resolve` found for the experiment: those of every point that uses the same plug-ins and indicators."""

    def __init__(self, pins: Pins) -> None:
        self._pins = pins
        self._is_given = False

    def of(self, experiment: AnyExperiment) -> Pins:  # noqa: ARG002
        """Return the pins of the first structure.

        Raises
        ------
        ConfigError
            For any other.
        """
        if self._is_given:
            message = (
                "uses other plug-ins or indicators than the sweep's experiment, which its identity does not name. Leave that "
                "value out of search.space, or try it with 'enerqis run -m'."
            )
            raise ConfigError([Problem("", "", message)])
        self._is_given = True
        return self._pins


def run_search(work: Work, spec: SweepSlice, points: Points, evaluation: Evaluation) -> int:
    """Ask the search for points until it has no more, and return how many it left out for its constraints.

    Raises
    ------
    StageError
        If there is no search, or nothing that it could try.
    """
    search = revive("search", spec.search["kind"], spec.search, SearchParams, work.project.plugins)
    if not isinstance(search.params, SpaceParams) or not search.params.space:
        raise StageError("search.space: empty: nothing to try. Say which values each key may take, see docs/sweeps.md.")
    fixed = plain_values(spec.model_dump(mode="json"))
    holds = [parse_constraint(text).holds for text in search.params.constraints]
    searcher = search.module.searcher(search.params, lambda values: all(each({**fixed, **values}) for each in holds))
    score = scorer(search.params)
    while proposals := searcher.ask():
        rows = evaluation.take([_candidate(points, each.values, each.fraction) for each in proposals])
        searcher.tell(score(evaluation)[rows.start : rows.stop].tolist())
    if not evaluation.entries:
        raise StageError("search.constraints: no point of the space meets them all")
    left_out: int = searcher.left_out
    return left_out


def scorer(params: SpaceParams) -> Callable[[Evaluation], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return what gives each point its score: more is better, NaN = failed or no figure."""
    objective, sign = objective_of(params)
    return lambda evaluation: sign * evaluation.column(OBJECTIVES[objective])


def _points(project: Project, spec: SweepSlice) -> Points:
    """Return what makes points of the slice: its parts as the models of their groups."""
    typed = TypedParts(project)
    data = spec.model_dump(mode="json")
    feature = {name: typed.part("feature", each) for name, each in data["feature"].items()}
    base = typed.experiment({name: data[name] for name in SINGLE}, feature=feature, seed=spec.seed)
    return Points(project, base, Composed(project, data, ()))


def _candidate(points: Points, values: dict[str, Any], fraction: float) -> Candidate:
    try:
        return Candidate(values, points.at(values), "", fraction)
    except ConfigError as exc:
        return Candidate(values, None, str(exc), fraction)
