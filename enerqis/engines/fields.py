"""Parameters as rows of numbers: which fields of a model a kernel sees, of which type, and where in the row."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel


class Fields(NamedTuple):
    """Numeric fields of a model, in order.

    Parameters
    ----------
    names : tuple of str
    casts : tuple of str
        For each ``float``, ``int`` or ``bool``: what the kernel turns the number into.
    """

    names: tuple[str, ...]
    casts: tuple[str, ...]


CASTS = {"float": "{}", "int": "int({})", "bool": "{} != 0.0"}
"""Text that turns a number of the row into the field's type."""


def fields_of(params: BaseModel) -> Fields:
    """Return the numeric and boolean fields of `params`; an absent number (None) is a NaN."""
    found = [
        (name, "float" if value is None else type(value).__name__)
        for name in type(params).model_fields
        if isinstance(value := getattr(params, name), bool | int | float) or value is None
    ]
    return Fields(tuple(name for name, _ in found), tuple(cast for _, cast in found))


def values_of(params: BaseModel, fields: Fields) -> list[float | None]:
    """Return the numbers of `params` in the order of `fields`; None where one is absent."""
    values = vars(params)
    return [values[name] for name in fields.names]


def tuple_text(name: str, fields: Fields, row: str, start: int) -> str:
    """Return the text that builds named tuple `name` from `row`, numbers from `start` on; () without fields."""
    if not fields.names:
        return "()"
    items = (CASTS[cast].format(f"{row}[{start + i}]") for i, cast in enumerate(fields.casts))
    return f"{name}({', '.join(items)})"
