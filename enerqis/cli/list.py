"""List what there is to choose from: kinds and files of a group, each with one line about it."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("group", nargs="?", default="", metavar="GROUP", help="a group such as strategy; none = all")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write one row a kind or file."""
    from enerqis.compose.catalogue import catalogue

    rows = catalogue(Project.find(), args.group)
    title = args.group or "everything to choose from"
    console.table(title, ("group", "name", "sort", "what it is", "where"), rows)
    return 0
