"""Checking the governed files under ``.cbr``: each against its schema, and what only its own rules can tell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from enerqis.compose.schema_checks import violations
from enerqis.compose.schemas import SUFFIX
from enerqis.core.errors import DataError, Problem
from enerqis.io.project import Project
from enerqis.io.trial_file import FOLDER, MEND, has_conflict, read

GOVERNED = Path(".cbr")
READABLE = (".json", ".yaml", ".yml")


def governed_files(project: Project) -> list[Path]:
    """Return every YAML and JSON file under ``.cbr``, sorted."""
    return sorted(path for path in (project.root / GOVERNED).rglob("*") if path.suffix in READABLE)


def governed_problems(project: Project, known: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong in the governed files; `known` are the schemas by file name."""
    for path in governed_files(project):
        name = project.relative(path)
        if path.parent != project.root / FOLDER or path.suffix != ".json":
            yield Problem(
                f"{name}:1:1", "", f"no governed file of this name. Trials are in {FOLDER.as_posix()}/DATASET.json."
            )
            continue
        yield from _trial_problems(path, name, known[f"trials{SUFFIX}"])


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
