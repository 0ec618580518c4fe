"""Checking the governed files under ``.cbr``: each against its schema, and what only its own rules can tell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from enerqis.compose.gates import load_gates
from enerqis.compose.positions import Place, read_positions
from enerqis.compose.schema_checks import Violation, violations
from enerqis.compose.schemas import SUFFIX, WHOLE_FILES
from enerqis.compose.yaml_rules import findings
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError, DataError, Problem
from enerqis.io.project import Project
from enerqis.io.trial_file import MEND, has_conflict, read
from enerqis.spec.base import Spec

GOVERNED = Path(".cbr")
READABLE = (".json", ".yaml", ".yml")

NAMED: Mapping[str, str] = {
    "acceptance_gates.yaml": "acceptance_gates",
    "approvers.yaml": "approvers",
    "audit_log.json": "audit_log",
    "baseline.json": "baseline",
    "documents.yaml": "documents",
    "registry.json": "registry",
    "repository.yaml": "repository",
    "roadmap.yaml": "roadmap",
    "secrets.yaml": "secrets",
}
"""Files of one name, each with its schema."""

QUOTED_NOWHERE = "secrets.yaml"
"""The file of whose values no message quotes one: it may be a secret that somebody wrote into the wrong place."""

FOLDERS: Mapping[str, str] = {"approvals": "approval", "trials": "trials"}
"""Folders of JSON files, each with the schema of all of them."""


def governed_files(project: Project) -> list[Path]:
    """Return every YAML and JSON file under ``.cbr``, sorted."""
    return sorted(path for path in (project.root / GOVERNED).rglob("*") if path.suffix in READABLE)


def governed_problems(project: Project, known: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong in the governed files; `known` are the schemas by file name."""
    for path in governed_files(project):
        name = project.relative(path)
        schema = _schema_of(path.relative_to(project.root / GOVERNED))
        if schema is None:
            allowed = ", ".join([*NAMED, *(f"{folder}/*.json" for folder in FOLDERS)])
            yield Problem(f"{name}:1:1", "", f"no governed file of this name. There are: {allowed}.")
        elif schema == "acceptance_gates":
            yield from _gate_problems(project)
        elif schema == "trials":
            yield from _trial_problems(path, name, known[f"trials{SUFFIX}"])
        elif path.suffix == ".json":
            yield from _json_problems(path, name, known[f"{schema}{SUFFIX}"])
        else:
            yield from _yaml_problems(path, name, known[f"{schema}{SUFFIX}"], WHOLE_FILES[schema])


def _schema_of(place: Path) -> str | None:
    """Return the schema of a file by its place below ``.cbr``; None where no file stands there."""
    if place.parent == Path():
        return NAMED.get(place.name)
    return FOLDERS.get(place.parent.as_posix()) if place.suffix == ".json" else None


def _yaml_problems(path: Path, name: str, schema: Mapping[str, Any], model: type[Spec]) -> Iterator[Problem]:
    text = path.read_text(encoding="utf-8")
    broken = list(findings(text))
    for each in broken:
        yield Problem(f"{name}:{each.place.line}:{each.place.column}", each.key, each.message)
    if not broken:
        places = read_positions(text)
        data = load_text(text)
        for key, is_key, message in list(violations(schema, data)) or _broken_rules(data, model):
            if path.name == QUOTED_NOWHERE:
                message = _unquoted(message, data, key)
            place = (places.keys if is_key else places.values).get(key, Place(1, 1))
            yield Problem(f"{name}:{place.line}:{place.column}", ".".join(key), message)


def _unquoted(message: str, data: Any, key: tuple[str, ...]) -> str:
    """Return a message without the value that stands at a key of some data."""
    for step in key:
        data = data[int(step)] if isinstance(data, list) else data.get(step) if isinstance(data, dict) else None
    return message.replace(repr(data), "what stands there").replace(f"'{data}'", "what stands there")


def _broken_rules(data: Any, model: type[Spec]) -> Iterator[Violation]:
    """Yield what a schema cannot say and the model refuses: keys that do not fit each other."""
    try:
        model.model_validate_json(json.dumps(data))
    except ValidationError as exc:
        for each in exc.errors():
            yield Violation(tuple(map(str, each["loc"])), False, each["msg"].removeprefix("Value error, "))


def _json_problems(path: Path, name: str, schema: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as exc:
        yield Problem(f"{name}:1:1", "", f"not JSON: {exc}. Take the file from git.")
        return
    yield from (Problem(f"{name}:1:1", ".".join(each.path), each.message) for each in violations(schema, data))


def _gate_problems(project: Project) -> Iterator[Problem]:
    try:
        load_gates(project)
    except ConfigError as exc:
        yield from exc.problems


def _trial_problems(path: Path, name: str, schema: Mapping[str, Any]) -> Iterator[Problem]:
    text = path.read_text(encoding="utf-8")
    if has_conflict(text):
        yield Problem(f"{name}:1:1", "", f"git left a conflict in it. {MEND}.")
        return
    try:
        data = json.loads(text)
    except ValueError as exc:
        yield Problem(f"{name}:1:1", "", f"not JSON: {exc}. {MEND}.")
        return
    found = [Problem(f"{name}:1:1", ".".join(each.path), each.message) for each in violations(schema, data)]
    if not found and data["dataset"] != path.stem:
        found.append(Problem(f"{name}:1:1", "dataset", f"'{data['dataset']}' is not what the file is called."))
    yield from found
    if not found:
        try:
            faults = read(path).faults()
        except DataError as exc:
            faults = [str(exc)]
        yield from (Problem(f"{name}:1:1", "trials", f"{each}. Take the file from git.") for each in faults)
