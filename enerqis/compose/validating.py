"""Validating: from plain composed data to the typed spec, or every problem at once, each at its place."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from enerqis.compose.composed import Composed
from enerqis.compose.crosschecks import cross_check
from enerqis.compose.explaining import explain
from enerqis.compose.positions import Key
from enerqis.compose.unions import AnyExperiment, models
from enerqis.core.errors import ConfigError, Problem
from enerqis.io.project import Project

T = TypeVar("T")

NOT_SET = "not set (???). Give it a value."

LARGEST_EXACT = 2.0**53
"""Integers above this are not all exact in a float."""


def experiment_model(project: Project) -> type[AnyExperiment]:
    """Return the model of an experiment, closed over the kinds that `project` has."""
    return models(project).experiment


def validate(composed: Composed, project: Project) -> AnyExperiment:
    """Return the typed spec of a composed experiment.

    Raises
    ------
    ConfigError
        With every problem, each naming file, line and column, what is allowed and the nearest match; contradictions
        between groups are looked for once each group is right by itself.
    """
    experiment = validate_as(experiment_model(project), composed)
    problems = cross_check(experiment, composed)
    if problems:
        raise ConfigError(sorted(problems, key=by_place))
    return experiment


def validate_as(model: type[T], composed: Composed, *, at: Key = ()) -> T:
    """Return the part of `composed` at the path `at` as `model`.

    Text is never read as a number, nor a boolean as an integer; an integral float is the integer it equals.

    Raises
    ------
    ConfigError
        With every problem.
    """
    data: Any = composed.data
    for step in at:
        data = data[step]
    problems = [
        Problem(composed.where(path, key=is_key), ".".join(path), message)
        for path, is_key, message in unfit_values(data, at)
    ]
    try:
        parsed = TypeAdapter(model).validate_json(json.dumps(plain(data), allow_nan=True), strict=True)
    except ValidationError as exc:
        unfit = {problem.path for problem in problems}
        errors = (error for error in exc.errors(include_url=False) if not _is_echo(error))
        found = [explain(error, model, at, composed) for error in errors]
        problems += [problem for problem in found if problem.path not in unfit]
        raise ConfigError(sorted(problems, key=by_place)) from exc
    if problems:
        raise ConfigError(sorted(problems, key=by_place))
    return parsed


def _is_echo(error: ErrorDetails) -> bool:
    """Whether pydantic only says that a list is too short because it left out elements it refused already."""
    return error["type"] == "too_short" and len(error["input"]) >= error.get("ctx", {}).get("min_length", 0)


def plain(value: Any) -> Any:
    """Return a JSON tree with integral floats as integers, so that ``1.0`` is a count and ``"1"`` is not.

    A field that is a float reads the integer back as a float: nothing else depends on how the number was written.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_EXACT:
        return int(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def unfit_values(value: Any, path: Key = ()) -> Iterator[tuple[Key, bool, str]]:
    """Yield path, whether the key itself is meant, and message of what no model of any kind allows."""
    if isinstance(value, dict):
        for key, item in value.items():
            if str(key) != str(key).strip():
                yield (*path, str(key)), True, f"blanks at the end of the key '{key}'. Remove them."
            yield from unfit_values(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unfit_values(item, (*path, str(index)))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, False, f"{value} is not a number a spec can hold. Write a finite number."
    elif isinstance(value, bytes):
        yield path, False, "binary data is nothing a spec can hold. Write text."
    elif isinstance(value, str) and value == "???":
        yield path, False, NOT_SET
    elif isinstance(value, str) and value.strip() and value.rstrip("\n") != value.strip():
        yield path, False, f"blanks at the ends of '{value}'. Remove them."


def by_place(problem: Problem) -> tuple[str, int, int, str]:
    """Return the order of problems: by file, then by line and column as numbers."""
    name, *numbers = problem.where.split(":")
    line, column = (int(number) for number in (*numbers, "0", "0")[:2])
    return name, line, column, problem.path
