"""Holding one uncomposed file to its JSON schema, as an editor does, with messages in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from enerqis.compose.matching import allowed_values
from enerqis.compose.positions import Key

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


class Violation(NamedTuple):
    """One place where a file breaks its schema; `is_key` where the key itself is at fault, not its value."""

    path: Key
    is_key: bool
    message: str


def violations(schema: Mapping[str, Any], data: Any) -> Iterator[Violation]:
    """Yield each place where `data` breaks `schema`, by path."""
    from jsonschema import Draft202012Validator

    found = {each for error in Draft202012Validator(schema).iter_errors(data) for each in _explained(error)}
    yield from sorted(found)


def _explained(error: ValidationError) -> Iterator[Violation]:
    """Yield the cause of an error: of a choice of schemas, the causes in the one that comes nearest."""
    path = tuple(str(step) for step in error.absolute_path)
    if error.validator in ("anyOf", "oneOf") and error.context:
        branches: Any = error.validator_value
        constants = [each["const"] for each in branches if "const" in each]
        if constants:
            message = f"'{error.instance}' is not allowed.{allowed_values(str(error.instance), constants)}"
            yield Violation(path, False, message)
            return
        for each in _nearest_branch(error):
            yield from _explained(each)
    elif error.validator == "additionalProperties" and isinstance(error.instance, dict):
        schema: Any = error.schema
        known = schema["properties"]
        allowed = _keys_of_kind(schema, error.instance)
        for key in error.instance:
            if key not in known:
                yield Violation((*path, str(key)), True, "unknown key." + allowed_values(str(key), allowed))
    elif error.validator == "not":
        yield Violation(path, True, "not a key of this kind.")
    elif error.validator == "enum":
        choices: Any = error.validator_value
        yield Violation(
            path, False, f"'{error.instance}' is not allowed.{allowed_values(str(error.instance), choices)}"
        )
    else:
        yield Violation(path, False, f"{error.message.rstrip('.')}.")


def _keys_of_kind(schema: Any, data: Mapping[str, Any]) -> list[str]:
    """Return the keys that `data` may have: of its kind, where it says one that there is, else of any."""
    for choice in schema.get("allOf", ()):
        if choice["if"]["properties"]["kind"]["const"] == data.get("kind"):
            return [key for key, each in choice["then"]["properties"].items() if each != {"not": {}}]
    return [key for key in schema["properties"] if key != "defaults"]


def _nearest_branch(error: ValidationError) -> list[ValidationError]:
    """Return the errors of the first alternative whose type fits, else of the first."""
    branches: dict[int, list[ValidationError]] = {}
    for each in error.context or ():
        branches.setdefault(int(each.schema_path[0]), []).append(each)
    fitting = (
        errors for _, errors in sorted(branches.items()) if not any(_is_other_type(error, each) for each in errors)
    )
    return next(fitting, branches[min(branches)])


def _is_other_type(parent: ValidationError, child: ValidationError) -> bool:
    """Whether `child` says that the whole value is of another type, or no placeholder."""
    return child.absolute_path == parent.absolute_path and child.validator in ("type", "pattern")
