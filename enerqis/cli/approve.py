"""Sign that one run may go one step further: enerqis approve EXPERIMENT --to STATE --by NAME --key FILE --reason TEXT."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from enerqis.cli.console import Console
from enerqis.io.project import Project
from enerqis.spec.registry import State


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("what", metavar="EXPERIMENT", help="with @ and the start of a run id where several are")
    parser.add_argument("--to", required=True, choices=get_args(State), metavar="STATE", help="state that it may enter")
    parser.add_argument("--by", required=True, metavar="NAME", help="your name in .cbr/approvers.yaml")
    parser.add_argument("--key", required=True, type=Path, metavar="FILE", help="your private key")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it is signed too")
    parser.add_argument("--days", type=int, default=14, metavar="N", help="how long the approval holds (14)")
    parser.add_argument(
        "--loosens",
        action="append",
        default=[],
        metavar="NAME",
        help="a limit, gate or rule that may become looser, such as risk.leverage.max_leverage; repeat for more",
    )
    parser.add_argument(
        "--overrides",
        action="append",
        default=[],
        metavar="GATE",
        help="a gate of severity 'asks' that fails, and in spite of which it may go on; repeat for more",
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the approval and return 0, or say why it would not count and return 1."""
    from enerqis.pipeline.promoting import approve

    given = approve(
        Project.find(),
        args.what,
        to=args.to,
        approver=args.by,
        key_file=args.key,
        reason=args.reason,
        days=args.days,
        loosens=tuple(args.loosens),
        overrides=tuple(args.overrides),
    )
    terms = given.terms
    console.result(f".cbr/approvals/{given.id}.json")
    console.result(
        f"{terms.approver} approves {terms.kind}/{terms.name}, run {terms.run_id[:12]}: "
        f"{terms.from_state}->{terms.to_state}, until {terms.expires}"
    )
    for each in terms.loosens:
        console.result(f"looser, and approved: {each}")
    for each in terms.overrides:
        console.result(f"failed, and overridden for this step: gate {each}")
    for each in given.open:
        console.say(f"still open: {each}")
    console.say("commit .cbr: the approval and the audit log")
    return 0
