"""What points of a multirun share: one choice of files, composed once; their values are set on copies of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from enerqis.compose.composed import Composed
from enerqis.compose.experiments import compose_experiment, dataset_name
from enerqis.compose.points import Points
from enerqis.compose.sweep_words import Axis, Value
from enerqis.compose.unions import AnyExperiment
from enerqis.compose.validating import validate
from enerqis.core.errors import ConfigError, Problem
from enerqis.io.project import Project

OF_POINTS = ("space", "constraints")
"""Keys of a search that say which points there are."""


class SweepBase:
    """One choice of files and plain values.

    Parameters
    ----------
    project : Project
    experiment : str
    words : sequence of str
        What all its points have in common.
    is_listed : bool
        Whether words name the points: then what the experiment's own search may set, and its constraints, say nothing, and
        need not fit the strategies that are chosen.

    Raises
    ------
    ConfigError
        If it cannot be composed. Where it composes and is wrong, the swept values may be what is missing: `spec` is None then,
        and each point is composed by itself.
    """

    def __init__(self, project: Project, experiment: str, words: Sequence[str], *, is_listed: bool = False) -> None:
        self._project = project
        self._experiment = experiment
        self._words = tuple(words)
        self._is_listed = is_listed
        self.composed = self._compose(words)
        self.dataset = dataset_name(self.composed)
        self._points: Points | None = None
        try:
            self.spec: AnyExperiment | None = validate(self.composed, project)
            self._points = Points(project, self.spec, self.composed)
        except ConfigError:
            self.spec = None

    def unknown_keys(self, axes: Sequence[Axis]) -> list[Problem]:
        """Return a problem for each swept key that the experiment does not have, whatever it is set to."""
        found = []
        for axis in axes if self.spec is not None else ():
            try:
                self.at([(axis.key, axis.values[0])])
            except ConfigError as exc:
                found += [each for each in exc.problems if _is_unknown(each, axis.key)]
        return found

    def at(self, values: Sequence[tuple[str, Value]]) -> AnyExperiment:
        """Return the experiment with some values set, as composing it with their words would give it.

        Raises
        ------
        ConfigError
            With every problem of the point.
        """
        plain = {key: value.value for key, value in values}
        if self._points is not None and self._points.can_set(plain):
            return self._points.at(plain)
        words = [*self._words, *(value.word for _, value in values)]
        return validate(self._compose(words), self._project)

    def _compose(self, words: Sequence[str]) -> Composed:
        composed = compose_experiment(self._project, self._experiment, words)
        return without_space(composed) if self._is_listed else composed


def without_space(composed: Composed) -> Composed:
    """Return a composition whose search says nothing of points; what they are judged by and where they run stays."""
    search = composed.data.get("search")
    if not isinstance(search, dict):
        return composed
    kept = {key: value for key, value in search.items() if key not in OF_POINTS}
    return replace(composed, data={**composed.data, "search": kept})


def _is_unknown(problem: Problem, key: str) -> bool:
    """Whether the problem is that there is no such key, or nothing that it would stand in."""
    return f"{key}.".startswith(f"{problem.path}.") and problem.message.startswith("unknown key")
