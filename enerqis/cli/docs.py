"""Draw docs/strategies/ from code and YAML headers; --check only compares."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale or stray")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the pages, or name those that are stale and return 1."""
    from enerqis.compose.strategy_pages import FOLDER, stale_pages, write_pages

    project = Project.find()
    if not args.check:
        for name in write_pages(project):
            console.result(f"{FOLDER}/{name}")
        return 0
    names = stale_pages(project)
    for name in names:
        console.error(f"{FOLDER}/{name}: not what the code and the YAML give. Run 'enerqis docs' and commit it.")
    return 1 if names else 0
