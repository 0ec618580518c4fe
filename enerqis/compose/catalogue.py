"""What there is to choose from: the kinds and files of each group, each with one line about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from enerqis.compose.matching import allowed_values
from enerqis.compose.yaml_rules import META_LINE, PACKAGE_LINE, SCHEMA_LINE
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError, Problem
from enerqis.core.groups import FAMILIES, GROUPS
from enerqis.io.plugins import scan
from enerqis.io.project import Project

EXPERIMENT = "experiment"
INDICATOR = "indicator"
"""Not a group: indicators are declared in Python, and listed so that authors find them."""


class Listed(NamedTuple):
    """One kind or one file.

    Parameters
    ----------
    group : str
    name : str
        Kind, or stem of the file.
    sort : str
        ``kind`` or ``file``.
    summary : str
        One line.
    where : str
        File relative to the project; ``enerqis`` for a shipped kind.
    """

    group: str
    name: str
    sort: str
    summary: str
    where: str


def catalogue(project: Project, group: str = "") -> list[Listed]:
    """Return what there is to choose from, of one group or of all; a family's name stands for its group.

    Raises
    ------
    ConfigError
        If there is no such group.
    """
    families = {each.name: each.package for each in GROUPS} | {INDICATOR: "indicators", EXPERIMENT: ""}
    group = {package: name for name, package in families.items() if package}.get(group, group)
    if group and group not in families:
        raise ConfigError([Problem("", "", f"'{group}' is no group.{allowed_values(group, families)}")])
    chosen = {group: families[group]} if group else families
    return [
        each for name, family in chosen.items() for each in (*_kinds(project, name, family), *_files(project, name))
    ]


def _kinds(project: Project, group: str, family: str) -> Iterator[Listed]:
    if family not in FAMILIES:
        return
    for kind in scan(family, project.plugins).values():
        where = "enerqis" if kind.is_shipped else project.relative(kind.path)
        yield Listed(group, kind.name, "kind", kind.summary, where)


def _files(project: Project, group: str) -> Iterator[Listed]:
    for path in sorted((project.conf / group).glob("*.yaml")):
        yield Listed(group, path.stem, "file", summary(path), project.relative(path))


def summary(path: Path) -> str:
    """Return what a YAML file says about itself: its question or description, else its first comment."""
    text = path.read_text(encoding="utf-8")
    data = load_text(text)
    for key in ("question", "description"):
        if isinstance(data, dict) and isinstance(data.get(key), str):
            return str(data[key])
    for line in text.splitlines():
        if line.startswith("#") and not any(each.match(line) for each in (META_LINE, PACKAGE_LINE, SCHEMA_LINE)):
            return line.removeprefix("#").strip()
    return ""
