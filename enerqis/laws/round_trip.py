"""The law of the round trip: Params written as JSON and read again are the same Params."""

from __future__ import annotations

from enerqis.spec.base import Spec


def does_not_return(params: Spec) -> str:
    """Return what is wrong with the round trip of `params`, or an empty text."""
    text = params.model_dump_json()
    again = type(params).model_validate_json(text)
    if again != params or again.model_dump_json() != text:
        return f"its Params do not survive JSON: {text} became {again.model_dump_json()}"
    return ""
