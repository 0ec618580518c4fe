"""Make the pair of keys by which your approvals are known: enerqis keys new FILE, the private one, outside the repository."""

from __future__ import annotations

import argparse
from pathlib import Path

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "action", choices=("new", "show"), help="new: make a pair; show: say the public key of a private one"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the private key; readable by you alone")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the private key, or read it, and say the public one as .cbr/approvers.yaml wants it."""
    from enerqis.governance.signing import load_key, new_key_file, public_text
    from enerqis.io.git import top_folder

    outside = top_folder(Project.find().root)
    if args.action == "new":
        key = new_key_file(args.file, outside=outside)
        console.say(f"{args.file}: your private key. Whoever has it approves as you: keep it, and never copy it here.")
        console.say("put this under 'people' in .cbr/approvers.yaml, with your name, addresses and roles:")
    else:
        key = public_text(load_key(args.file, outside=outside))
    console.result(f"key: {key}")
    return 0
