"""List what there is to choose from: the groups, or with a GROUP its kinds and files, each with one line about it."""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.compose.catalogue import Listed


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("group", nargs="?", default="", metavar="GROUP", help="a group such as strategy")
    parser.add_argument("--all", action="store_true", help="every kind and file of every group")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write one row a group, or one row a kind or file."""
    from enerqis.compose.catalogue import catalogue

    rows = catalogue(Project.find(), args.group)
    if args.group or args.all:
        title = args.group or "everything to choose from"
        console.table(title, ("group", "name", "sort", "what it is", "where"), rows)
    else:
        _overview(rows, console)
    return 0


def _overview(rows: list[Listed], console: Console) -> None:
    """Write how many kinds and files each group has, and what they are called."""
    lines = [(group, *_counted(list(found))) for group, found in groupby(rows, key=lambda each: each.group)]
    console.table("groups", ("group", "kinds", "files", "names"), lines)
    console.say("'enerqis list GROUP' says what each one is, 'enerqis list --all' of all groups")


def _counted(rows: list[Listed]) -> tuple[str, str, str]:
    """Return the kinds, the files and the names of one group; a kind and its file have one name."""
    sorts = [each.sort for each in rows]
    names = ", ".join(dict.fromkeys(each.name for each in rows))
    return str(sorts.count("kind")), str(sorts.count("file")), names
