"""Everything that is wrong in a project's configuration: each file by itself, then each experiment as composed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from enerqis.compose.defaults import NOT_CHOSEN, Choice, read_choices
from enerqis.compose.experiments import (
    compose_experiment,
    load_params,
    names,
    resolve_all,
    validate_placed,
)
from enerqis.compose.governed import governed_problems
from enerqis.compose.matching import allowed_values
from enerqis.compose.plugin_imports import hidden_problems
from enerqis.compose.portable import check_all_portable
from enerqis.compose.positions import Place, Positions, read_positions
from enerqis.compose.schema_checks import violations
from enerqis.compose.schemas import SUFFIX, schemas
from enerqis.compose.source_checks import absent_files
from enerqis.compose.validating import NOT_SET, by_place, unfit_values
from enerqis.compose.yaml_rules import PACKAGE_LINE, findings, schema_of
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError, Problem
from enerqis.core.groups import GROUP_NAMES
from enerqis.io.project import Project

STEM = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
FOREACH = re.compile(r"^\s*foreach: \$\{(\w+)\}", re.MULTILINE)
FOLDERS = (*GROUP_NAMES, "experiment")
"""Folders that may stand under ``conf/``."""

NAMED_BY_KIND = ("connector", "strategy", "feature", "cv", "metric", "report")
"""Groups whose files are named KIND.yaml or KIND__VARIANT.yaml."""


def lint(project: Project) -> list[Problem]:
    """Return every problem of the project's configuration and of its kernels, by file, line and column.

    Raises
    ------
    PluginError
        If a plug-in cannot be imported: nothing can then be said about files that choose it.
    """
    found = [problem for path in config_files(project) for problem in lint_file(project, path)]
    found += _missing_for_the_graph(project)
    found += hidden_problems(project)
    found += check_all_portable(project.plugins)
    found += _composed_problems(project)
    told = {_line_of(problem) for problem in found}
    known = schemas(project)
    for path in config_files(project):
        found += [each for each in _schema_problems(project, path, known) if _line_of(each) not in told]
    found += governed_problems(project, known)
    return sorted(set(found), key=by_place)


def config_files(project: Project) -> list[Path]:
    """Return every file that configures `project`, params.yaml first, then those under ``conf/``, sorted."""
    return [project.params_file, *sorted(path for path in project.conf.rglob("*") if path.is_file())]


def lint_file(project: Project, path: Path) -> Iterator[Problem]:
    """Yield what is wrong in one file by itself."""
    name = project.relative(path)
    if path.suffix != ".yaml":
        yield Problem(f"{name}:1:1", "", "only files that end in .yaml are read here. Rename or remove it.")
        return
    yield from _name_problems(project, path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        yield Problem(f"{name}:1:1", "", f"not UTF-8 at byte {exc.start}. Save it as UTF-8.")
        return
    for finding in findings(text):
        yield Problem(f"{name}:{finding.place.line}:{finding.place.column}", finding.key, finding.message)
    yield from _header_problems(project, path, text)
    try:
        found = read_positions(text)
    except yaml.YAMLError:
        return
    if path.is_relative_to(project.conf):
        yield from _defaults_problems(project, path, found)
        yield from _kind_problems(project, path, found)


def _missing_for_the_graph(project: Project) -> Iterator[Problem]:
    """Yield each key of params.yaml that dvc.yaml goes through and that is not there: DVC stops before any stage."""
    graph = project.root / "dvc.yaml"
    try:
        given = load_text(project.params_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):  # said elsewhere
        return
    if graph.is_file() and isinstance(given, Mapping):
        for key in sorted(set(FOREACH.findall(graph.read_text(encoding="utf-8"))) - given.keys()):
            message = f"missing key, which dvc.yaml reads. Where there are none, write '{key}: {{}}'."
            yield Problem(f"{project.relative(project.params_file)}:1:1", key, message)


def _name_problems(project: Project, path: Path) -> Iterator[Problem]:
    """Yield a folder that is no group, or a stem that no override could write."""
    where = f"{project.relative(path)}:1:1"
    if path.parent == project.root or path == project.conf / "config.yaml":
        return
    folder = path.parent.relative_to(project.conf).as_posix()
    if folder not in FOLDERS:
        yield Problem(where, "", f"'conf/{folder}' is no group.{allowed_values(folder, FOLDERS)}")
    if not STEM.match(path.stem):
        yield Problem(where, "", f"'{path.stem}' is no name. Allowed: lower-case letters, digits, underscores.")


def _header_problems(project: Project, path: Path, text: str) -> Iterator[Problem]:
    """Yield a missing or wrong first line: the package of an experiment, the schema for editors."""
    name = project.relative(path)
    lines = text.splitlines() or [""]
    wanted = _schema_link(project, path)
    if schema_of(text) != wanted:
        line = 2 if PACKAGE_LINE.match(lines[0]) else 1
        message = f"line {line} must name the schema: '# yaml-language-server: $schema={wanted}'."
        yield Problem(f"{name}:{line}:1", "", message)
    if path.parent == project.conf / "experiment" and lines[0].strip() != "# @package _global_":
        yield Problem(f"{name}:1:1", "", "line 1 of an experiment must be '# @package _global_'.")


def schema_file(project: Project, path: Path) -> str:
    """Return the file name of the schema that a configuration file is held to."""
    if path.parent == project.root or path.parent == project.conf:
        return path.stem + SUFFIX
    return path.parent.name + SUFFIX


def _schema_link(project: Project, path: Path) -> str:
    depth = len(path.relative_to(project.root).parts) - 1
    return "../" * depth + f"schemas/{schema_file(project, path)}"


def _defaults_problems(project: Project, path: Path, found: Positions) -> Iterator[Problem]:
    """Yield entries of a defaults list that choose what does not exist, or Hydra's own settings."""
    folder = path.parent.relative_to(project.conf).as_posix()
    chosen = read_choices(found, "" if folder == "." else folder)
    name = project.relative(path)
    for index, choice in enumerate(chosen):
        message = (
            _wrong_choice(project, choice)
            or _chooses_itself(project, path, choice)
            or _wrong_order(chosen[:index], choice)
        )
        if message:
            yield Problem(f"{name}:{choice.place.line}:{choice.place.column}", choice.group, message)
    if path == project.conf / "config.yaml" and not any(choice.name == "_self_" for choice in chosen):
        place = found.keys.get(("defaults",))
        where = f"{name}:{place.line}:{place.column}" if place else f"{name}:1:1"
        yield Problem(where, "defaults", "'_self_' is missing: the order of this file's own keys must be said.")


def _wrong_choice(project: Project, choice: Choice) -> str:
    if choice.name == "_self_":
        return ""
    if choice.group.partition("/")[0] == "hydra":
        return "Hydra itself is not configured in ENERQIS. Remove this entry."
    if ".." in choice.group or ".." in choice.name or choice.name.startswith(("/", "~")):
        return f"'{choice.group}/{choice.name}' leads out of conf/. Choose a file of a group."
    if choice.group not in FOLDERS:
        return f"'{choice.group}' is no group.{allowed_values(choice.group, FOLDERS)}"
    known = names(project, choice.group)
    if choice.name in NOT_CHOSEN or choice.is_optional or choice.name in known or "${" in choice.name:
        return ""
    return f"no file conf/{choice.group}/{choice.name}.yaml.{allowed_values(choice.name, known)}"


def _chooses_itself(project: Project, path: Path, choice: Choice) -> str:
    """Return a message for a file that would be merged into itself without end."""
    is_itself = path == project.conf / choice.group / f"{choice.name}.yaml" and not choice.package
    return "the file chooses itself. Remove this entry." if is_itself else ""


def _wrong_order(before: tuple[Choice, ...], choice: Choice) -> str:
    """Return a message for a plain entry that stands after an override: Hydra wants overrides last."""
    if choice.is_override or not any(each.is_override for each in before):
        return ""
    return f"'{choice.group or choice.name}' stands after an override. Move it above the first 'override' entry."


def _kind_problems(project: Project, path: Path, found: Positions) -> Iterator[Problem]:
    """Yield a kind that is not the file's stem up to ``__``: names tell which code a file configures."""
    kind = found.scalars.get(("kind",), "")
    if path.parent.name in NAMED_BY_KIND and kind and kind != path.stem.partition("__")[0]:
        place = found.values[("kind",)]
        where = f"{project.relative(path)}:{place.line}:{place.column}"
        yield Problem(
            where, "kind", f"'{kind}' is not what the file is called. Name it {kind}.yaml or {kind}__VARIANT.yaml."
        )


def _schema_problems(project: Project, path: Path, known: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield where a file breaks its JSON schema, the way an editor shows it."""
    schema = known.get(schema_file(project, path))
    try:
        text = path.read_text(encoding="utf-8")
        data, found = load_text(text), read_positions(text)
    except (yaml.YAMLError, UnicodeDecodeError):
        return
    # a file may leave a value to whoever chooses it
    unfit = [each for each in unfit_values(data) if each[2] != NOT_SET]
    for path_of_key, is_key, message in [*unfit, *violations(schema, data)] if schema else ():
        place = (found.keys if is_key else found.values).get(path_of_key, Place(1, 1))
        yield Problem(f"{project.relative(path)}:{place.line}:{place.column}", ".".join(path_of_key), message)


def _composed_problems(project: Project) -> Iterable[Problem]:
    """Yield the problems of everything as composed: the graph, and experiments and datasets that stand outside it."""
    listed: set[str] = set()
    try:
        listed = {*load_params(project).experiments}
        resolve_all(project)
    except ConfigError as exc:
        yield from exc.problems
    for name in sorted(set(names(project, "experiment")) - listed):
        yield from _problems_of(lambda: validate_placed(compose_experiment(project, name), project))  # noqa: B023  # at once
    for name in names(project, "dataset"):
        try:
            yield from absent_files(project, name)
        except ConfigError as exc:
            yield from exc.problems


def _problems_of(action: Any) -> tuple[Problem, ...]:
    try:
        action()
    except ConfigError as exc:
        return exc.problems
    return ()


def _line_of(problem: Problem) -> str:
    """Return file and line of a problem."""
    return ":".join(problem.where.split(":")[:2])
