"""The plug-ins that laws are held against, and settings to try them with."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from enerqis.core.errors import PluginError
from enerqis.core.groups import GROUPS
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.io.plugins import Kind, load, params_class, scan
from enerqis.io.project import Project
from enerqis.spec.base import Spec

DEFAULT_BARS = 10
"""A window, for an indicator that has no default of its own."""

DEFAULT_NUMBER = 2.0
"""Any other number."""


class Subject(NamedTuple):
    """A plug-in before the law.

    Parameters
    ----------
    kind : Kind
    project : Project or None
        Whose plug-ins it may use and whose YAML files set it up.
    """

    kind: Kind
    project: Project | None

    @property
    def plugins(self) -> Path | None:
        """Folder of the project's plug-ins."""
        return self.project.plugins if self.project else None


def indicator_module(name: str, plugins: Path | None) -> ModuleType:
    """Return the module of an indicator.

    Raises
    ------
    PluginError
        If there is no such indicator.
    """
    kinds = scan("indicators", plugins)
    if name not in kinds:
        raise PluginError(f"indicator '{name}' does not exist. Allowed: {', '.join(kinds)}.")
    return load(kinds[name])


def example_call(kind: Kind) -> IndicatorCall:
    """Return a declaration of an indicator: its defaults, else a window of ten bars and the close."""
    declaration = getattr(load(kind), kind.name)
    values: dict[str, object] = {}
    for name, parameter in inspect.signature(declaration).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            continue
        if name.endswith("_bars"):
            values[name] = DEFAULT_BARS
        else:
            values[name] = DEFAULT_NUMBER if parameter.annotation in ("float", "int", float, int) else "close"
    call: IndicatorCall = declaration(**values)
    return call


def examples(subject: Subject, base: type[Spec]) -> list[Spec]:
    """Return Params to try a kind with: its defaults, and what the project's YAML files of that kind say.

    Raises
    ------
    PluginError
        If the kind has no defaults and no file sets it up.
    """
    kind, project = subject
    params = params_class(kind, base)
    if params is None:
        raise PluginError(f"{kind.shown}: a class that derives from {base.__name__} is missing")
    found = [params()] if has_defaults(params) else []
    found += [each for each in _from_files(kind, params, project) if each not in found]
    if not found:
        raise PluginError(f"{kind.shown}: give every field a default, or write a YAML file for it")
    return found


def has_defaults(params: type[Spec]) -> bool:
    """Return whether every field has a default."""
    return not any(field.is_required() for field in params.model_fields.values())


def _from_files(kind: Kind, params: type[Spec], project: Project | None) -> Iterator[Spec]:
    """Yield what files under conf/ say; a file that composes others or is not right is the linter's to judge."""
    group = next(each.name for each in GROUPS if each.package == kind.family)
    folder = project.conf / group if project else None
    for path in sorted(folder.glob(f"{kind.name}*.yaml")) if folder else ():
        if path.stem.partition("__")[0] != kind.name:
            continue
        try:
            yield params.model_validate_json(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except (ValidationError, yaml.YAMLError, TypeError):
            continue
