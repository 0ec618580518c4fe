"""The resolved tree of an experiment, line by line, with what each value came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from enerqis.compose.composed import Composed
from enerqis.compose.positions import Key

DEFAULT = "(default)"
"""Origin of a value that no file and no override writes."""


class Leaf(NamedTuple):
    """One line of a resolved tree.

    Parameters
    ----------
    path : tuple of str
        Keys from the root.
    value : JSON value or None
        A scalar, or a list or mapping that holds no mapping inside; None with `is_branch` for a mapping.
    origin : str
        ``file:line:column``, ``<override>`` or ``(default)``; empty for a branch.
    is_branch : bool
        True where further lines stand below.
    """

    path: Key
    value: Any
    origin: str
    is_branch: bool


def leaves(spec: BaseModel, composed: Composed, above: Key = ()) -> Iterator[Leaf]:
    """Yield every line of a resolved experiment, branches before what they hold; of a dataset its keys stand `above` it."""
    yield from _walk(spec.model_dump(mode="json", serialize_as_any=True), (), composed, above)


def _walk(tree: dict[str, Any], path: Key, composed: Composed, above: Key) -> Iterator[Leaf]:
    for key, value in tree.items():
        here = (*path, str(key))
        if isinstance(value, dict) and value:
            yield Leaf(here, None, "", True)
            yield from _walk(value, here, composed, above)
        else:
            yield Leaf(here, value, composed.origin((*above, *here)) or DEFAULT, False)


def line(leaf: Leaf) -> tuple[str, str]:
    """Return a leaf as a line of YAML and its origin."""
    key = "  " * (len(leaf.path) - 1) + leaf.path[-1] + ":"
    if leaf.is_branch:
        return key, ""
    return f"{key} {json.dumps(leaf.value, ensure_ascii=False)}", leaf.origin
