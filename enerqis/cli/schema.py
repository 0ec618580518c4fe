"""Write schemas/, the JSON schemas of every YAML file; --check only compares."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a schema is stale or stray")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the schemas, or name those that are stale and return 1."""
    from enerqis.compose.schemas import stale, write_schemas

    project = Project.find()
    if not args.check:
        for name in write_schemas(project):
            console.result(f"schemas/{name}")
        return 0
    names = stale(project)
    for name in names:
        console.error(f"schemas/{name}: not what the models give. Run 'enerqis schema' and commit it.")
    return 1 if names else 0
