"""One pydantic error in our words: the place in the file, what is wrong, what is allowed, the nearest match."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from enerqis.compose.composed import Composed
from enerqis.compose.key_rules import broken_by_override
from enerqis.compose.matching import allowed_values
from enerqis.compose.positions import Key
from enerqis.compose.unions import OneOf
from enerqis.core.errors import Problem

KEY_ERRORS = ("extra_forbidden", "missing", "union_tag_not_found")
"""Errors that are about a key rather than its value."""


def explain(error: ErrorDetails, model: Any, at: Key, composed: Composed) -> Problem:
    """Return the problem behind a pydantic error.

    Parameters
    ----------
    error : ErrorDetails
        One item of ``ValidationError.errors()``.
    model : type or annotation
        What was validated.
    at : tuple of str
        Where the value that was validated stands in `composed`.
    composed : Composed
        To find the place of each key.
    """
    path, owner = follow(model, error["loc"])
    kind = error["type"]
    if kind == "union_tag_invalid":
        path = (*path, "kind")
    full = (*at, *path)
    message = _message(error, path, owner)
    broken = broken_by_override(message, error["input"], full, composed) if kind == "value_error" else None
    if broken:
        return Problem(broken.where, ".".join(full), message + broken.beside)
    return Problem(
        composed.where(full, key=kind in KEY_ERRORS or error["loc"][-1:] == ("[key]",)), ".".join(full), message
    )


def follow(model: Any, loc: tuple[int | str, ...]) -> tuple[Key, Any]:
    """Return the path of keys in a pydantic location, and the type that owns the last key.

    Pydantic puts the tag of a union, or the name of a branch, between the keys, and ``[key]`` after a key that is itself
    at fault; those are left out.
    """
    path: list[str] = []
    owner: Any = None
    here = model
    steps = list(loc)
    while steps:
        here = _bare(here)
        one_of = _one_of(here)
        step = steps.pop(0)
        if one_of is not None:
            here = one_of.models.get(str(step), here)
            continue
        if get_origin(here) in (Union, types.UnionType):
            here = next((each for each in get_args(here) if step in (_label(each), _kind(each))), None)
            continue
        if step == "[key]":
            break
        owner = here
        path.append(str(step))
        here = _child(here, step)
    return tuple(path), owner if owner is not None else here


def _bare(annotation: Any) -> Any:
    """Return the type inside an optional or annotated type; a `OneOf` stays annotated."""
    if get_origin(annotation) is Annotated and _one_of(annotation) is None:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        others = [each for each in get_args(annotation) if each is not type(None)]
        if len(others) == 1:
            return _bare(others[0])
    return annotation


def _one_of(annotation: Any) -> OneOf | None:
    if get_origin(annotation) is not Annotated:
        return None
    return next((each for each in get_args(annotation)[1:] if isinstance(each, OneOf)), None)


def _label(branch: Any) -> str:
    return str(getattr(branch, "__name__", branch))


def _kind(branch: Any) -> str | None:
    """Return the literal of a model's ``kind``, by which pydantic names it in a location."""
    field = getattr(branch, "model_fields", {}).get("kind")
    return None if field is None else field.default


def _child(owner: Any, step: int | str) -> Any:
    """Return the type of what stands under one key of `owner`."""
    if isinstance(owner, type) and issubclass(owner, BaseModel):
        field = owner.model_fields.get(str(step))
        return _annotation(field) if field else None
    arguments = get_args(owner)
    if get_origin(owner) is dict:
        return arguments[1]
    if get_origin(owner) in (tuple, list):
        return arguments[0] if len(arguments) < 2 or arguments[1] is Ellipsis else arguments[int(step)]
    return None


def _annotation(field: FieldInfo) -> Any:
    """Return a field's type with the `OneOf` that pydantic moved into its metadata."""
    one_of = next((each for each in field.metadata if isinstance(each, OneOf)), None)
    return Annotated[field.annotation, one_of] if one_of else field.annotation


def _message(error: ErrorDetails, path: Key, owner: Any) -> str:
    write = MESSAGES.get(error["type"])
    return write(error, path, owner) if write else _other(error)


def _unknown_key(error: ErrorDetails, path: Key, owner: Any) -> str:
    del error
    allowed = list(owner.model_fields) if isinstance(owner, type) and issubclass(owner, BaseModel) else []
    return "unknown key." + allowed_values(path[-1], allowed)


def _missing(error: ErrorDetails, path: Key, owner: Any) -> str:
    del error
    fields = owner.model_fields if isinstance(owner, type) and issubclass(owner, BaseModel) else {}
    field = fields.get(path[-1])
    meaning = f" ({field.description})" if field is not None and field.description else ""
    return f"missing key{meaning}. Add it."


def _unknown_kind(error: ErrorDetails, path: Key, owner: Any) -> str:
    del path, owner
    context = error.get("ctx", {})
    allowed = [word.strip("'\"") for word in str(context.get("expected_tags", "")).split(", ") if word]
    written = error["input"].get("kind") if isinstance(error["input"], dict) else None
    if not isinstance(written, str):
        return f"expected the name of a kind, found {_show(written)}.{allowed_values('', allowed)}"
    return f"unknown kind '{written}'.{allowed_values(written, allowed)}"


def _no_kind(error: ErrorDetails, path: Key, owner: Any) -> str:
    del error, path, owner
    return "missing key 'kind', which says what it is. Add it, or choose a file of the group in 'defaults'."


def _not_in_list(error: ErrorDetails, path: Key, owner: Any) -> str:
    del path, owner
    written = error["input"]
    expected = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    allowed = [word.strip("'") for word in expected.split(", ")]
    return f"{_show(written)} is not allowed.{allowed_values(str(written), allowed)}"


def _rule(error: ErrorDetails, path: Key, owner: Any) -> str:
    del path, owner
    return str(error["msg"]).removeprefix("Value error, ").rstrip(".") + "."


def _expected(what: str) -> Callable[[ErrorDetails, Key, Any], str]:
    def write(error: ErrorDetails, path: Key, owner: Any) -> str:
        del path, owner
        return f"expected {what}, found {_show(error['input'])}."

    return write


def _bound(words: str, name: str) -> Callable[[ErrorDetails, Key, Any], str]:
    def write(error: ErrorDetails, path: Key, owner: Any) -> str:
        del path, owner
        return f"{_show(error['input'])} is out of range: must be {words} {error.get('ctx', {}).get(name)}."

    return write


def _pattern(error: ErrorDetails, path: Key, owner: Any) -> str:
    """Return what form a text must have: by the examples of its field, else by the pattern."""
    fields = owner.model_fields if isinstance(owner, type) and issubclass(owner, BaseModel) else {}
    field = fields.get(path[-1]) if path else None
    examples = [str(each) for each in (field.examples or ())] if field is not None else []
    form = f", such as {', '.join(examples)}" if examples else f" {error.get('ctx', {}).get('pattern')}"
    return f"{_show(error['input'])} does not have the allowed form{form}."


def _other(error: ErrorDetails) -> str:
    text = str(error["msg"]).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}, found {_show(error['input'])}."


def _show(value: Any) -> str:
    """Return a value as a reader would name it: its sort and its text, shortened."""
    sorts = {str: "text", bool: "truth value", int: "number", float: "number", list: "list", dict: "mapping"}
    if value is None:
        return "nothing (null)"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"{sorts.get(type(value), type(value).__name__)} {text if len(text) <= 80 else text[:77] + '...'}"


MESSAGES: Mapping[str, Callable[[ErrorDetails, Key, Any], str]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "union_tag_invalid": _unknown_kind,
    "union_tag_not_found": _no_kind,
    "literal_error": _not_in_list,
    "value_error": _rule,
    "int_type": _expected("a whole number"),
    "int_from_float": _expected("a whole number"),
    "float_type": _expected("a number"),
    "string_type": _expected("text (quote it)"),
    "bool_type": _expected("true or false"),
    "tuple_type": _expected("a list"),
    "list_type": _expected("a list"),
    "dict_type": _expected("a mapping of names"),
    "model_type": _expected("a mapping of keys"),
    "model_attributes_type": _expected("a mapping of keys"),
    "date_type": _expected('a date such as "2004-08-19", quoted'),
    "date_from_datetime_parsing": _expected('a date such as "2004-08-19", quoted'),
    "date_parsing": _expected('a date such as "2004-08-19", quoted'),
    "finite_number": _expected("a finite number"),
    "greater_than": _bound("greater than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "string_pattern_mismatch": _pattern,
}
