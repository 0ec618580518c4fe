"""What differs between two identities, down to the config key, the module, the package and the input."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

ABSENT = "absent"
"""Said of a key that one side has not."""


class Change(NamedTuple):
    """One thing that differs.

    Parameters
    ----------
    component : str
        Of the identity: config, data, code, environment, engine, seed.
    name : str
        Dotted key, module, package or input.
    old, new : str
        As people read them.
    """

    component: str
    name: str
    old: str
    new: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.component}: {self.name}: {self.old} -> {self.new}"


def identity_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what differs between the identities of two receipts, component by component.

    Parameters
    ----------
    old, new : mapping
        Receipts.

    Returns
    -------
    list of Change
        Empty only where both identities are the same. A component whose hash differs without a visible reason is named as such.
    """
    found: list[Change] = []
    for component in ("config", "data", "code", "environment", "engine", "seed"):
        one, other = old["identity"][component], new["identity"][component]
        if one != other:
            found += list(_within(component, old, new)) or [Change(component, "hash", _short(one), _short(other))]
    return found


def spec_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield dotted key, old and new value of every leaf that differs between two specs, as JSON."""
    one, other = ({".".join(path): value for path, value in leaves_of(each)} for each in (old, new))
    for key in sorted({*one, *other}):
        if key not in one or key not in other or one[key] != other[key]:
            yield key, _text(one, key), _text(other, key)


def _within(component: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what differs inside one component whose hash differs."""
    if component in ("config", "engine"):
        for key, before, after in spec_changes(old["spec"], new["spec"]):
            is_engine = key.split(".")[0] == "execution"
            if key != "seed" and is_engine == (component == "engine"):
                yield Change(component, key, before, after)
    elif component == "seed":
        yield Change("seed", "seed", str(old["identity"]["seed"]), str(new["identity"]["seed"]))
    else:
        one, other = (each["identity"]["data"] or {} if component == "data" else each[component] for each in (old, new))
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                yield Change(component, name, _short(one.get(name)), _short(other.get(name)))


def leaves_of(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and the value of every leaf of a tree of mappings; an empty mapping is a leaf."""
    if isinstance(tree, Mapping) and tree:
        for key, value in tree.items():
            yield from leaves_of(value, (*path, str(key)))
    else:
        yield path, tree


def _text(leaves: Mapping[str, Any], key: str) -> str:
    return json.dumps(leaves[key], ensure_ascii=False) if key in leaves else ABSENT


def _short(value: Any) -> str:
    """Return a hash by its first letters, a version whole."""
    if value is None:
        return ABSENT
    text = str(value)
    return text[:12] if len(text) == 64 else text
