"""Checks of a dataset against the machine it is linted on: files that an installed source does not have."""

from __future__ import annotations

from enerqis.compose.experiments import compose_dataset, resolve_dataset
from enerqis.core.errors import Problem
from enerqis.io.plugins import load, scan
from enerqis.io.project import Project


def absent_files(project: Project, name: str) -> list[Problem]:
    """Return a problem for each file that the dataset's connector knows to be absent; nothing is read.

    Raises
    ------
    ConfigError
        With every problem of the dataset by itself.
    """
    dataset = resolve_dataset(project, name)
    module = load(scan("connectors", project.plugins)[dataset.connector.kind])
    absent = module.absent(dataset.connector) if hasattr(module, "absent") else {}
    composed = compose_dataset(project, name) if absent else None
    problems = []
    for index, message in absent.items():
        path = ("dataset", "connector", "files", str(index), "file")
        problems.append(Problem(composed.where(path) if composed else "", ".".join(path), message))
    return problems
