"""Code and environment of every structure that the points of a multirun have."""

from __future__ import annotations

from enerqis.compose.freezing import Pinned, parts_of, pinned
from enerqis.compose.identifying import STAGE, Pins
from enerqis.compose.unions import AnyExperiment
from enerqis.io.project import Project


class StructurePins:
    """Finds the pins of structures and remembers what they are made of.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self.every: list[Pinned] = []

    def of(self, experiment: AnyExperiment) -> Pins:
        """Return the pins of an experiment's structure."""
        found = self.found(experiment)
        self.every.append(found)
        return Pins(found.code_sha256, found.env_sha256)

    def found(self, experiment: AnyExperiment) -> Pinned:
        """Return what the pins of an experiment's structure are made of."""
        return pinned(self._project, STAGE, parts_of(self._project, "", experiment, STAGE))
