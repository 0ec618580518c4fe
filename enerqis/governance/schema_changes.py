"""Which keys of the generated schemas a change adds, removes or redefines, and which experiments choose of those groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enerqis.governance.side import Side
from enerqis.governance.verdict import SchemaChange

SUFFIX = ".schema.json"


def schema_changes(old: Mapping[str, Any], new: Mapping[str, Any], side: Side) -> Iterator[SchemaChange]:
    """Yield every schema file that differs: its keys, and the experiments whose resolved spec holds one of them."""
    for file in sorted({*old, *new}):
        one, other = old.get(file), new.get(file)
        if one == other:
            continue
        keys = tuple(sorted(_differing(one or {}, other or {}))) if one and other else ("the whole file",)
        group = file.rpartition("/")[2].removesuffix(SUFFIX)
        yield SchemaChange(file, keys, tuple(_reached(group, keys, side)))


def _differing(one: Any, other: Any, key: str = "") -> set[str]:
    """Return the property names under which two schemas differ, the innermost ones."""
    if one == other:
        return set()
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        found: set[str] = set()
        for name in {*one, *other}:
            if name == "properties":
                mine, theirs = one.get(name, {}), other.get(name, {})
                for each in {*mine, *theirs}:
                    found |= _differing(mine.get(each), theirs.get(each), f"{key}.{each}".lstrip("."))
            else:
                found |= _differing(one.get(name), other.get(name), key)
        return found
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = zip(one, other, strict=True)
        return set().union(*(_differing(mine, theirs, key) for mine, theirs in pairs))
    return {key}


def _reached(group: str, keys: tuple[str, ...], side: Side) -> Iterator[str]:
    """Yield the experiments that hold one of the keys of a group."""
    wanted = {f"{group}.{key}" if group not in ("experiment", "config") else key for key in keys if key}
    for name, values in side.experiments.items():
        if any(own == each or own.startswith(f"{each}.") for each in wanted for own in values):
            yield name
