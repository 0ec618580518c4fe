"""Let an experiment, or what belongs to it, go one step further: enerqis promote EXPERIMENT [--to STATE]."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "what", metavar="EXPERIMENT|KIND/NAME", help="with @ and the start of an identity where several are"
    )
    parser.add_argument("--to", metavar="STATE", help="refuse unless this is the next step")


def run(args: argparse.Namespace, console: Console) -> int:
    """Promote and return 0, or say everything that stands against it and return 1."""
    from enerqis.pipeline.promoting import promote

    record = promote(Project.find(), args.what, to=args.to, say=console.say)
    until = f" until {record.expires}" if record.expires else ""
    console.result(f"{record.kind}/{record.name}@{record.identity[:12]} is {record.state}{until}")
    console.say("commit .cbr: the registry and the audit log")
    return 0
