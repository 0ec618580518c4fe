"""A composition: plain data, and which file or override each value of it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from enerqis.compose.positions import Key, Place, positions
from enerqis.io.project import Project

OVERRIDE = "<override>"
"""Name of the command line in messages."""


class Source(NamedTuple):
    """One file of a composition.

    Parameters
    ----------
    path : Path
        The YAML file.
    package : str
        Dotted key under which its content stands; empty = the root.
    """

    path: Path
    package: str


@dataclass(frozen=True)
class Composed:
    """What composing gives: plain data without a trace of how it was merged, and its origins.

    Parameters
    ----------
    project : Project
    data : dict
        JSON-like tree; interpolations are resolved.
    sources : tuple of Source
        Files in the order they were merged: the last one that sets a key wins.
    overrides : tuple of str
        Overrides as given.
    overridden : mapping of path to str
        Where each overridden key was set: ``<override>``, or a place in ``params.yaml``.
    is_interpolated : bool
        Whether a value was another key's: then an override of that one changes more than itself.
    """

    project: Project
    data: dict[str, Any]
    sources: tuple[Source, ...]
    overrides: tuple[str, ...] = ()
    overridden: Mapping[Key, str] = field(default_factory=dict)
    is_interpolated: bool = False

    def where(self, path: Key, *, key: bool = False) -> str:
        """Return ``file:line:column`` of what sets `path` or, if nothing does, its deepest prefix.

        Parameters
        ----------
        path : tuple of str
            Keys from the root of the experiment.
        key : bool
            Point at the key itself instead of at its value.
        """
        for depth in range(1, len(path)):
            if path[:depth] in self.overridden and isinstance(self._value_at(path[:depth]), list):
                return self.overridden[path[:depth]]  # a list is replaced whole: elements of the files' list are gone
        for depth in range(len(path), -1, -1):
            if path[:depth] in self.overridden:
                return self.overridden[path[:depth]]
            found = self._place_in_files(path[:depth], key=key or depth < len(path))
            found = found or self._place_in_longer_overrides(path[:depth])
            if found:
                return found
        if not self.sources:
            return OVERRIDE
        whole = [source for source in self.sources if not source.package] or self.sources[:1]
        return self.project.relative(whole[-1].path) + ":1:1"

    def origin(self, path: Key) -> str:
        """Return ``file:line:column`` of what sets `path`, ``<override>``, or an empty text where a default fills it in."""
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.overridden:
                return self.overridden[path[:depth]]
        return self._place_in_files(path, key=False)

    def _value_at(self, path: Key) -> Any:
        """Return what stands at `path`; None where nothing does."""
        found: Any = self.data
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def _place_in_longer_overrides(self, path: Key) -> str:
        """Return where an override sets something inside `path`, if it does."""
        inside = (place for key, place in self.overridden.items() if path and key[: len(path)] == path)
        return next(inside, "")

    def _place_in_files(self, path: Key, *, key: bool) -> str:
        """Return the place in the last file that sets exactly `path`, or an empty text."""
        for source in reversed(self.sources):
            package = tuple(source.package.split(".")) if source.package else ()
            if path[: len(package)] != package:
                continue
            inner = path[len(package) :]
            found = positions(source.path)
            place = (found.keys if key and inner else found.values).get(inner)
            if package and not inner:
                place = place or Place(1, 1)  # an empty file still is what was chosen
            if place and (inner or package):
                return f"{self.project.relative(source.path)}:{place.line}:{place.column}"
            if any(inner[:depth] in found.lists for depth in range(1, len(inner))):
                return ""
        return ""
