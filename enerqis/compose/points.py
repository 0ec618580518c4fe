"""Points of a sweep: one experiment with other values, of which only what they touch is validated again.

Every point is what composing it alone would give. Values are set in a copy of the resolved spec, so that a thousand points
cost one composition; where a value stands for another (``${key}``), is no plain scalar or names no key, the point has to be
composed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from enerqis.compose.composed import OVERRIDE, Composed
from enerqis.compose.crosschecks import cross_check
from enerqis.compose.digests import plain as as_json
from enerqis.compose.positions import Key
from enerqis.compose.unions import AnyExperiment, models
from enerqis.compose.validating import plain, validate_as
from enerqis.core.errors import ConfigError
from enerqis.io.project import Project

TOUCHED = ("universe", "strategy", "cost", "risk", "execution")
"""Groups whose values are set in a copy."""


class Points:
    """Makes points from one resolved experiment.

    Parameters
    ----------
    project : Project
    base : Experiment
        Resolved and validated.
    composed : Composed
        What it was composed from, for the places in messages.
    """

    def __init__(self, project: Project, base: AnyExperiment, composed: Composed) -> None:
        self.base = base
        self._project = project
        self._composed = composed
        self._trees = {group: as_json(getattr(base, group)) for group in TOUCHED}
        self._models = {group: models(project).groups[group] for group in TOUCHED}
        self._adapters: dict[str, TypeAdapter[Any]] = {}

    def can_set(self, values: Mapping[str, Any]) -> bool:
        """Return whether `values`, by dotted key, may be set in a copy."""
        return not self._composed.is_interpolated and all(
            _is_plain(value) and _is_plain(_leaf(self._trees, key.split("."))) for key, value in values.items()
        )

    def at(self, values: Mapping[str, Any]) -> AnyExperiment:
        """Return the experiment with `values` set.

        Raises
        ------
        ConfigError
            With what is wrong with the values, or what they contradict.
        """
        trees: dict[str, Any] = {}
        for key, value in values.items():
            group, *path = key.split(".")
            trees[group] = _with(trees.get(group, self._trees[group]), path, value)
        parts = {group: self._validated(group, tree, values) for group, tree in trees.items()}
        experiment: AnyExperiment = self.base.model_copy(update=parts)
        problems = cross_check(experiment, self._composed)
        if problems:
            raise ConfigError(cross_check(experiment, self._changed(trees, values)))
        return experiment

    def _validated(self, group: str, tree: Any, values: Mapping[str, Any]) -> Any:
        """Return one part as its model; `validate_as` says the same, and at length where something is wrong."""
        if group not in self._adapters:
            self._adapters[group] = TypeAdapter(self._models[group])
        try:
            return self._adapters[group].validate_json(json.dumps(plain(tree)), strict=True)
        except ValidationError:
            return validate_as(self._models[group], self._changed({group: tree}, values), at=(group,))

    def _changed(self, trees: Mapping[str, Any], values: Mapping[str, Any]) -> Composed:
        """Return the composition with the values set by overrides."""
        places: dict[Key, str] = {tuple(key.split(".")): OVERRIDE for key in values}
        data = {**self._composed.data, **trees}
        return Composed(self._project, data, self._composed.sources, (), {**self._composed.overridden, **places})


def plain_values(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain values of a resolved spec by dotted key, in the groups that points may change."""
    return {key: value for group in TOUCHED for key, value in _leaves(spec[group], group)}


def _leaves(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _leaves(value, f"{path}.{key}")
    elif _is_plain(tree):
        yield path, tree


class _Nothing:
    """What stands where there is no key."""


def _leaf(tree: Any, path: list[str]) -> Any:
    for step in path:
        if not isinstance(tree, dict) or step not in tree:
            return _Nothing
        tree = tree[step]
    return tree


def _with(tree: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """Return `tree` with one value set; what is not on the path is shared."""
    step, *rest = path
    return {**tree, step: _with(tree[step], rest, value) if rest else value}


def _is_plain(value: Any) -> bool:
    """Whether a value is a scalar that means itself, whatever it is set in."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return value == value.strip() and value != "???" and "${" not in value
    return value is None or isinstance(value, bool | int)
