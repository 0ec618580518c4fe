"""What commands that draw files from code and specs share: write them, or only compare. It is no command itself."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence

from enerqis.cli.console import Console
from enerqis.io.project import Project


def declare_check(parser: argparse.ArgumentParser, *, what: str) -> None:
    """Declare ``--check`` for files that are called `what`."""
    parser.add_argument("--check", action="store_true", help=f"write nothing; fail if a {what} is stale or stray")


def write_or_compare(
    args: argparse.Namespace,
    console: Console,
    *,
    folder: str,
    write: Callable[[Project], Iterable[str]],
    stale: Callable[[Project], Sequence[str]],
    advice: str,
) -> int:
    """Write the files and name them; with ``--check`` name those that are not fresh, and return 1 if there are any.

    Parameters
    ----------
    args, console : as every command takes them
    folder : str
        Where the files stand in the project.
    write : callable
        Writes them and returns their names.
    stale : callable
        Returns the names of those that are stale, stray or missing.
    advice : str
        What is the matter with such a file, and what to do.
    """
    project = Project.find()
    if not args.check:
        for name in write(project):
            console.result(f"{folder}/{name}")
        return 0
    names = stale(project)
    for name in names:
        console.error(f"{folder}/{name}: {advice}")
    return 1 if names else 0
