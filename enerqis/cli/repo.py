"""Draw the repository's rules, or only compare: enerqis repo generate [--check]."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("what", choices=("generate",), help="draw files from .cbr")
    parser.add_argument("--check", action="store_true", help="generate: write nothing; fail if a file is stale")


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where everything is as the rules say, or was written, else 1."""
    from enerqis.pipeline.repository import approvers_drift, stale, write

    project = Project.find()
    if args.check:
        names = stale(project)
        for name in names:
            console.error(f"{name}: not what .cbr gives. Run 'enerqis repo generate' and commit it.")
    else:
        names = []
        for name in write(project):
            console.result(name)
    drift = approvers_drift(project)
    for each in drift:
        console.error(f"{each}.")
    return 1 if names or drift else 0
