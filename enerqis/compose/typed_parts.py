"""Parts of an experiment read again from plain JSON, each as the model of its group."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from enerqis.compose.unions import AnyExperiment, models
from enerqis.io.project import Project


class TypedParts:
    """Reads parts with the kinds that a project has.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project) -> None:
        self._models = models(project)
        self._adapters: dict[str, TypeAdapter[Any]] = {}

    def part(self, group: str, value: Any) -> Any:
        """Return one part.

        Raises
        ------
        pydantic.ValidationError
            If the installed code does not understand it.
        """
        if group not in self._adapters:
            self._adapters[group] = TypeAdapter(self._models.groups[group])
        return self._adapters[group].validate_json(json.dumps(value))

    def experiment(self, parts: Mapping[str, Any], **typed: Any) -> AnyExperiment:
        """Return an experiment that has these parts, by group, and those that are typed already, and no other."""
        read = {group: self.part(group, value) for group, value in parts.items()}
        found: AnyExperiment = self._models.experiment.model_construct(**read, **typed)
        return found
