"""The defaults list of one YAML file: which files it chooses, each with its position."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from enerqis.compose.positions import Key, Place, Positions, positions
from enerqis.io.project import Project

NOT_CHOSEN = ("???", "null", "~", "")
"""Values of a defaults entry that choose no file."""


class Choice(NamedTuple):
    """One entry of a defaults list.

    Parameters
    ----------
    group : str
        Folder under ``conf/``; empty for ``_self_``.
    name : str
        Stem of the chosen file.
    package : str
        Where its content is put, if said: the part after ``@``.
    is_override : bool
        True for ``override /group: name``.
    is_optional : bool
        True where a missing file is allowed.
    place : Place
        Where the choice is written.
    """

    group: str
    name: str
    package: str
    is_override: bool
    is_optional: bool
    place: Place


def choices(project: Project, path: Path) -> tuple[Choice, ...]:
    """Return the entries of the defaults list of the file at `path`, in order; none where it has no list."""
    group = path.parent.relative_to(project.conf).as_posix()
    return read_choices(positions(path), "" if group == "." else group)


def read_choices(found: Positions, folder: str) -> tuple[Choice, ...]:
    """Return the entries of a defaults list; `folder` is the file's own under ``conf/``, for relative groups."""
    if ("defaults",) not in found.lists:
        return ()
    entries = sorted((key for key in found.keys if key[0] == "defaults" and len(key) == 2), key=lambda key: int(key[1]))
    return tuple(choice for entry in entries for choice in _entry(found, entry, folder))


def _entry(found: Positions, entry: Key, folder: str) -> list[Choice]:
    """Return the choices of one entry: several where a group is given a list of names."""
    if entry in found.scalars:
        return [_bare(found.scalars[entry], found.values[entry], folder)]
    chosen = []
    for key in (key for key in found.scalars if len(key) > 2 and key[:2] == entry):
        words, _, package = key[2].partition("@")
        *flags, group = words.split(" ")
        chosen.append(
            Choice(
                _absolute(group, folder),
                found.scalars[key],
                package,
                "override" in flags,
                "optional" in flags,
                found.values[key],
            )
        )
    return chosen


def _bare(text: str, place: Place, folder: str) -> Choice:
    if text == "_self_":
        return Choice("", text, "", False, False, place)
    path, _, package = text.partition("@")
    group, _, name = _absolute(path, folder).rpartition("/")
    return Choice(group, name, package, False, False, place)


def _absolute(group: str, folder: str) -> str:
    if group.startswith("/"):
        return group[1:]
    return f"{folder}/{group}" if folder else group
