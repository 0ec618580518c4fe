"""Draw the repository's rules, or hold a clone or GitHub against them: enerqis repo generate|check [--github]."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.io.project import Project
from enerqis.io.secrets import redact

TOKEN = "secret://github/access"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument(
        "what", choices=("generate", "check"), help="draw files from .cbr, or hold the repository to them"
    )
    parser.add_argument("--check", action="store_true", help="generate: write nothing; fail if a file is stale")
    parser.add_argument("--github", action="store_true", help="check: ask GitHub too; without it no network is used")
    parser.add_argument("--token", default=TOKEN, metavar="secret://...", help=f"check: where the token is ({TOKEN})")
    parser.add_argument(
        "--api", default="https://api.github.com", metavar="URL", help="check: of another GitHub server"
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where everything is as the rules say, or was written, else 1."""
    project = Project.find()
    return _generate(project, args, console) if args.what == "generate" else _check(project, args, console)


def _generate(project: Project, args: argparse.Namespace, console: Console) -> int:
    from enerqis.pipeline.repository import approvers_drift, stale, write

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


def _check(project: Project, args: argparse.Namespace, console: Console) -> int:
    from enerqis.pipeline.repository import clone_deviations, github_deviations

    found = list(clone_deviations(project))
    if args.github:
        found += github_deviations(project, api=args.api, token=args.token)
    for each in found:
        console.result(redact(f"{'fault' if each.is_fault else 'note'}: {each.what}\n  {each.mend}"))
    faults = sum(each.is_fault for each in found)
    console.say(f"{faults} to mend" if faults else "the repository is as its rules say")
    return 1 if faults else 0
