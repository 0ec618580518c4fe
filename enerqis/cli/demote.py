"""Put something of the registry into a lower state, or retire it: enerqis demote EXPERIMENT --to STATE --reason TEXT."""

from __future__ import annotations

import argparse
from typing import get_args

from enerqis.cli.console import Console
from enerqis.io.project import Project
from enerqis.spec.registry import State


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "what", metavar="EXPERIMENT|KIND/NAME", help="with @ and the start of an identity where several are"
    )
    parser.add_argument("--to", required=True, choices=get_args(State), metavar="STATE", help="lower state, or retired")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why; the audit log keeps it")


def run(args: argparse.Namespace, console: Console) -> int:
    """Demote and return 0."""
    from enerqis.pipeline.registering import demote

    record = demote(Project.find(), args.what, to=args.to, reason=args.reason)
    console.result(f"{record.kind}/{record.name}@{record.identity[:12]} is {record.state}")
    console.say("commit .cbr: the registry and the audit log; approvals of before are void")
    return 0
