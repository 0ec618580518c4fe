"""Freezing a slice again from the plain JSON that a receipt or a slice document holds, with the code that is installed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from enerqis.compose.freezing import Frozen, freeze
from enerqis.compose.unions import models
from enerqis.core.errors import StageError
from enerqis.core.groups import GROUPS
from enerqis.io.project import Project


def refreeze(project: Project, stage: str, spec: Mapping[str, Any]) -> Frozen:
    """Return the slice of `stage` that reads `spec`, with the hashes that the installed code and environment give it.

    Parameters
    ----------
    project : Project
        Where the plug-ins are.
    stage : str
    spec : mapping
        ``spec`` of a receipt or of a slice document.

    Raises
    ------
    StageError
        If the installed code does not understand the spec.
    """
    try:
        parts = {name: spec_part(project, name, value) for name, value in spec.items()}
        return freeze(project, stage, parts)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise StageError(
            f"the spec of stage '{stage}' is not one that the installed code reads: {where}: {first['msg']}"
        ) from exc
    except (KeyError, AttributeError) as exc:
        raise StageError(f"the spec of stage '{stage}' is not one that the installed code reads: no {exc}") from exc


def spec_part(project: Project, name: str, value: Any) -> Any:
    """Return one part of a slice as the model of its group; what is no group stays as it is.

    Raises
    ------
    ValidationError
        If the installed code does not understand it.
    """
    if name == "resolved":
        return {key: spec_part(project, key, each) for key, each in value.items()}
    found = next((each for each in GROUPS if each.name == name), None)
    if found is None:
        return value
    adapter: TypeAdapter[Any] = TypeAdapter(models(project).groups[name])
    if found.many:
        return {key: adapter.validate_json(json.dumps(each)) for key, each in value.items()}
    return adapter.validate_json(json.dumps(value))
