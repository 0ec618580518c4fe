"""Where each key of a YAML file stands, so that a message can point at it. It reads places, never values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml

Key = tuple[str, ...]
"""Keys from the root of a document; an element of a list is its index as text."""


class Place(NamedTuple):
    """A position in a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Positions:
    """Every key and value of one YAML file.

    Parameters
    ----------
    keys : mapping of path to Place
        Where a key's own text begins; of an element of a list, where the element begins.
    values : mapping of path to Place
        Where the value begins; the empty path is the document's.
    scalars : mapping of path to str
        Text of each scalar as written, quotes removed.
    lists : frozenset of paths
        Paths whose value is a list: lists are replaced whole when files are composed, never merged.
    """

    keys: dict[Key, Place] = field(default_factory=dict)
    values: dict[Key, Place] = field(default_factory=dict)
    scalars: dict[Key, str] = field(default_factory=dict)
    lists: frozenset[Key] = frozenset()


_cache: dict[Path, tuple[tuple[int, int], Positions]] = {}


def positions(path: Path) -> Positions:
    """Return the positions of the file at `path`; a file that is not YAML has none.

    Files are read again when their size or time of change differs.
    """
    try:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        if path not in _cache or _cache[path][0] != stamp:
            _cache[path] = (stamp, read_positions(path.read_text(encoding="utf-8")))
        return _cache[path][1]
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return Positions()


def fault(exc: yaml.YAMLError) -> tuple[Place, str]:
    """Return where a text stops being YAML, and why; its beginning where the parser does not say where."""
    mark = getattr(exc, "problem_mark", None)
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    reason = getattr(exc, "problem", None) or str(exc).partition("\n")[0]
    return place, f"not YAML: {reason}."


def read_positions(text: str) -> Positions:
    """Return the positions of every key and value in a YAML text.

    Raises
    ------
    yaml.YAMLError
        If `text` is not YAML.
    """
    keys: dict[Key, Place] = {}
    values: dict[Key, Place] = {}
    scalars: dict[Key, str] = {}
    lists: set[Key] = set()

    def walk(node: yaml.Node, path: Key) -> None:
        values[path] = _place(node)
        if isinstance(node, yaml.ScalarNode):
            scalars[path] = node.value
        elif isinstance(node, yaml.SequenceNode):
            lists.add(path)
            for index, item in enumerate(node.value):
                keys[(*path, str(index))] = _place(item)
                walk(item, (*path, str(index)))
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                keys[(*path, str(key.value))] = _place(key)
                walk(value, (*path, str(key.value)))

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is not None:
        walk(root, ())
    return Positions(keys, values, scalars, frozenset(lists))


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
