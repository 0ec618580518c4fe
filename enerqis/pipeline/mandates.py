"""Who gave the approvers their say: the commits that set, last of all, each part of ``.cbr/approvers.yaml``.

What counts is what the file says, not its lines: a person who moves a line did not set it, one who deletes it did. A part is a
rule, or the key, the addresses or the roles of one person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import yaml

from enerqis.compose.composed import Composed, Source
from enerqis.compose.governed_yaml import APPROVERS_FILE
from enerqis.compose.validating import validate_as
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError
from enerqis.io import git
from enerqis.io.git import Touched, Version
from enerqis.io.project import Project
from enerqis.spec.approvers import Approvers, Person

LONGEST, LOOSER = "rule max_valid_days", "rule loosening"


def edge_rule(state: str) -> str:
    """Return the part that says who lets something into a state."""
    return f"rule edges.{state}"


def parts_of(person: Person) -> dict[str, Any]:
    """Return what the file says of one person, by part."""
    return {
        f"key of {person.name}": person.key,
        f"list of addresses of {person.name}": sorted(each.lower() for each in person.emails),
        f"list of roles of {person.name}": sorted(person.roles),
    }


def setters(project: Project, parts: Iterable[str]) -> dict[str, list[Touched]]:
    """Return, for each part, the commits that set what it says now; none where no commit did.

    More than one where branches set it alike. A merge that decides for a value that neither side set anew sets it too.
    """
    graph = git.versions(project.root, APPROVERS_FILE)

    @cache
    def said(commit: str) -> dict[str, Any]:
        return _parts(project, git.text_at(project.root, commit, APPROVERS_FILE)) if commit else {}

    return {part: _setters_of(project, graph, said, part) for part in parts}


def _setters_of(
    project: Project, graph: Mapping[str, Version], said: Callable[[str], dict[str, Any]], part: str
) -> list[Touched]:
    waiting = list(graph)[:1]
    if not waiting or part not in said(waiting[0]):
        return []
    found, seen = [], set(waiting)
    while waiting:
        commit = waiting.pop()
        before = graph[commit].before
        value = said(commit).get(part)
        same = [each for each in before if said(each).get(part) == value]
        others = [each for each in before if each not in same]
        met = said(git.meeting_point(project.root, before)).get(part) if same and others else None
        if not same or any(said(each).get(part) != met for each in others):
            found.append(graph[commit].touched)
        waiting += [each for each in same if each not in seen]
        seen.update(same)
    return found


def _parts(project: Project, text: str) -> dict[str, Any]:
    """Return what a text of the file says, by part; nothing where it cannot be read."""
    try:
        source = Source(project.root / APPROVERS_FILE, "")
        approvers = validate_as(Approvers, Composed(project, load_text(text) or {}, (source,)))
    except (ConfigError, yaml.YAMLError):
        return {}
    rules = {
        LONGEST: approvers.max_valid_days,
        LOOSER: approvers.loosening,
        edge_rule("paper"): approvers.edges.paper,
        edge_rule("live"): approvers.edges.live,
    }
    people = [parts_of(person) for person in approvers.people]
    return {part: value for each in (rules, *people) for part, value in each.items()}
