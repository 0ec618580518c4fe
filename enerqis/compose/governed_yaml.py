"""Reading one YAML file under ``.cbr`` as its model, by the rules that every YAML file keeps: a doubled key is an error."""

from __future__ import annotations

from pathlib import Path

import yaml

from enerqis.compose.composed import Composed, Source
from enerqis.compose.positions import fault
from enerqis.compose.validating import validate_as
from enerqis.compose.yaml_rules import findings
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError, Problem
from enerqis.io.project import Project
from enerqis.spec.approvers import Approvers

APPROVERS_FILE = Path(".cbr/approvers.yaml")


def load_approvers(project: Project) -> Approvers | None:
    """Return who may approve; None where the project does not say.

    Raises
    ------
    ConfigError
        With every problem of the file.
    """
    composed = compose_governed(project, APPROVERS_FILE)
    return None if composed is None else validate_as(Approvers, composed)


def approvers_in(project: Project, text: str) -> Approvers:
    """Return who might approve by an earlier text of the file.

    Raises
    ------
    ConfigError
        With every problem of it.
    """
    return validate_as(Approvers, _composed(project, APPROVERS_FILE, text))


def compose_governed(project: Project, place: Path) -> Composed | None:
    """Return the plain data of a governed YAML file and where it stands; None where there is no such file.

    Raises
    ------
    ConfigError
        With every broken rule of YAML files.
    """
    try:
        text = (project.root / place).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as exc:
        raise ConfigError([Problem(f"{place}:1:1", "", "not UTF-8. Save it as UTF-8.")]) from exc
    return _composed(project, place, text)


def _composed(project: Project, place: Path, text: str) -> Composed:
    """Return the plain data of the text of a governed YAML file."""
    broken = [Problem(f"{place}:{at.line}:{at.column}", key, message) for at, key, message in findings(text)]
    if broken:
        raise ConfigError(broken)
    try:
        return Composed(project, load_text(text) or {}, (Source(project.root / place, ""),))
    except yaml.YAMLError as exc:
        at, reason = fault(exc)
        raise ConfigError([Problem(f"{place}:{at.line}:{at.column}", "", reason)]) from exc
