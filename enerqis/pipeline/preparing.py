"""Preparing what points of a multirun stand on: bars and features, each made once, or found, through the runner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from enerqis.compose.freezing import freeze, freeze_dataset, parts_of
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import EnerqisError
from enerqis.io.project import Project
from enerqis.pipeline.grounds import Ground, ground_of
from enerqis.pipeline.resolve import pins_of
from enerqis.pipeline.runner import Runner


class Grounds:
    """What points stand on.

    Parameters
    ----------
    project : Project
    experiment : str
        For messages.
    say : callable
        Takes one line of progress.
    """

    def __init__(self, project: Project, experiment: str, say: Callable[[str], None]) -> None:
        self._project = project
        self._experiment = experiment
        self._say = say
        self._parts: dict[tuple[int, ...], tuple[Any, Ground | EnerqisError]] = {}
        self._found: dict[str, Ground] = {}
        self._stems: dict[int, tuple[Any, str]] = {}

    def name(self, spec: AnyExperiment, dataset: str) -> None:
        """Note the stem of the file that an experiment's dataset comes from."""
        self._stems[id(spec.dataset)] = (spec.dataset, dataset)

    def of(self, spec: AnyExperiment) -> Ground:
        """Return the ground of an experiment.

        Raises
        ------
        EnerqisError
            If its bars or features cannot be made.
        """
        parts = (spec.dataset, spec.universe, spec.feature)
        key = tuple(id(each) for each in parts)
        if key not in self._parts:
            try:
                self._parts[key] = (parts, self._made(spec))
            except EnerqisError as exc:
                self._parts[key] = (parts, exc)
        found = self._parts[key][1]
        if isinstance(found, EnerqisError):
            raise found
        return found

    def inputs(self, spec: AnyExperiment) -> dict[str, Path]:
        """Return the folders ``parquet`` and ``features`` of an experiment, made where they are missing."""
        name = self._stems[id(spec.dataset)][1]
        frozen = {
            "ingest": freeze_dataset(self._project, spec.dataset),
            "features": freeze(self._project, "features", parts_of(self._project, "", spec, "features")),
        }
        runner = Runner(self._project, pins_of(frozen.values()), self._say)
        parquet = runner.run("ingest", name, frozen["ingest"].document, {}, place=False).parts["parquet"]
        made = runner.run("features", self._experiment, frozen["features"].document, {"parquet": parquet}, place=False)
        return {"parquet": parquet, "features": made.folder}

    def _made(self, spec: AnyExperiment) -> Ground:
        inputs = self.inputs(spec)
        key = str(inputs)
        if key not in self._found:
            self._found[key] = ground_of(spec.universe, inputs)
        return self._found[key]
