"""Hydra's complaints in our words: the place, what is allowed, the nearest match. It reads what they say, not Hydra itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from enerqis.compose.defaults import choices
from enerqis.compose.matching import allowed_values
from enerqis.compose.positions import Place, fault, positions
from enerqis.core.errors import Problem
from enerqis.io.project import Project

ROOT = "config"
"""Stem of the file every experiment starts from, ``conf/config.yaml``."""

BLAMED = re.compile(r"\b[Ii]n '?([\w/]+)")
"""How Hydra names the file that a message is about."""

OPEN_CHOICE = re.compile(r"^You must specify '(?P<group>[^']+)'.*Available options:(?P<options>.*)$")
"""How Hydra says that a group is left open, its white space folded."""


class Asked(NamedTuple):
    """An override that asked for something.

    Parameters
    ----------
    group : str
        What stands left of ``=``.
    name : str
        What stands right of it.
    place : str
        Where it was written.
    """

    group: str
    name: str
    place: str


def in_our_words(project: Project, exc: Exception, asked: Sequence[Asked]) -> Problem:
    """Return what `exc` says about composing the files that `asked` chose."""
    missing = getattr(exc, "missing_cfg_file", None)
    if missing:
        return _missing_file(project, missing, sorted(getattr(exc, "options", None) or ()), asked)
    if isinstance(exc, yaml.YAMLError):
        found, reason = fault(exc)
        path = Path(str(getattr(getattr(exc, "problem_mark", None) or exc, "name", ROOT)))
        return Problem(f"{project.relative(path)}:{found.line}:{found.column}", "", reason)
    if isinstance(exc, UnicodeDecodeError):
        return Problem(f"{_not_utf_8(project)}:1:1", "", f"not UTF-8 at byte {exc.start}. Save it as UTF-8.")
    if isinstance(exc, RecursionError):
        reason = "cannot be composed: files choose each other in a circle, or values are nested too deeply."
        return Problem(f"conf/{ROOT}.yaml:1:1", "", reason)
    text = " ".join(str(exc).split())
    open_choice = OPEN_CHOICE.match(text)
    if open_choice:
        group, options = open_choice["group"], open_choice["options"].split()
        message = f"nothing chosen. Add '- override /{group}: NAME' to its defaults. Allowed: {', '.join(options)}."
        return Problem(_chooser(project, asked), group, message)
    blamed = [name for name in BLAMED.findall(text) if (project.conf / f"{name}.yaml").is_file()]
    return Problem(f"conf/{(blamed or [ROOT])[0]}.yaml:1:1", "", f"cannot be composed: {text.rstrip('.')}.")


def _not_utf_8(project: Project) -> str:
    """Return the first file under ``conf/`` that is no UTF-8: the error itself names none."""
    for path in sorted(project.conf.rglob("*.yaml")):
        try:
            path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            return project.relative(path)
    return f"conf/{ROOT}.yaml"


def _missing_file(project: Project, missing: str, options: Sequence[str], asked: Sequence[Asked]) -> Problem:
    group, _, name = missing.rpartition("/")
    place = _chosen_at(project, group, name, asked)
    return Problem(place, group, f"no file conf/{missing}.yaml.{allowed_values(name, list(options))}")


def _chooser(project: Project, asked: Sequence[Asked]) -> str:
    """Return where choices are to be made: the defaults list of the experiment asked for, else of the root."""
    names = [each.name for each in asked if each.group == "experiment"]
    path = project.conf / (f"experiment/{names[-1]}.yaml" if names else f"{ROOT}.yaml")
    place = positions(path).keys.get(("defaults",), Place(1, 1))
    return f"{project.relative(path)}:{place.line}:{place.column}"


def _chosen_at(project: Project, group: str, name: str, asked: Sequence[Asked]) -> str:
    """Return where the missing choice `name` of `group` is written: an override, or the files' last such default."""
    written = next((each.place for each in asked if each.group == group), None)
    if written is not None:
        return written
    found = [
        f"{project.relative(path)}:{choice.place.line}:{choice.place.column}"
        for path in sorted(project.conf.rglob("*.yaml"))
        for choice in choices(project, path)
        if choice.group == group and choice.name == name
    ]
    return found[-1] if found else f"conf/{ROOT}.yaml:1:1"
