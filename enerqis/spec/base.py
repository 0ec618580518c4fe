"""The base of every model in a spec: frozen, no unknown keys, no NaN, no coercion between kinds of value."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict


class Spec(BaseModel):
    """A frozen part of a spec.

    Specs are validated from JSON in strict mode: text is never read as a number, a boolean never as an integer.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        strict=True,
        use_attribute_docstrings=True,
        validate_default=True,
    )


OUTSIDE_IDENTITY: JsonDict = {"identity": False}
"""``json_schema_extra`` of a field that says where something lies, not what it is: left out of every hash."""

Place = Annotated[str, Field(min_length=1, json_schema_extra=OUTSIDE_IDENTITY)]
"""A path inside the project, an address or a package name: outside the identity."""


def identity_tree(value: Any) -> Any:
    """Return the JSON tree of a spec without the fields that stand outside its identity.

    Parameters
    ----------
    value : Spec or plain JSON value

    Returns
    -------
    dict, list or scalar
        JSON-ready, defaults filled in.
    """
    if isinstance(value, BaseModel):
        return {
            name: identity_tree(getattr(value, name))
            for name, field in type(value).model_fields.items()
            if field.json_schema_extra != OUTSIDE_IDENTITY
        }
    if isinstance(value, dict):
        return {str(key): identity_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [identity_tree(item) for item in value]
    return value
