"""Say what a change does: values, limits, gates, stages that run again, results, who must review."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.core.errors import SetupError
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.governance.verdict import Verdict

FORMATS = ("terminal", "markdown", "json")
CODES = (
    "exit codes: 0 nothing loosens, 1 cannot compare, 2 wrong words, 3 the new side does not resolve, 4 something loosens, "
    "5 a limit, gate or rule loosens that nobody owns"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    what = "git revision; or, both, experiments, or receipts (run ids, folders with a receipt)"
    parser.add_argument("old", metavar="REV_A", help=what)
    parser.add_argument("new", metavar="REV_B", nargs="?", help="the same; left out, the working tree")
    parser.add_argument("--format", choices=FORMATS, default="terminal", help="for people, a pull request, or machines")
    parser.epilog = CODES


def run(args: argparse.Namespace, console: Console) -> int:
    """Print the verdict and return the exit code that a CI goes by."""
    verdict = _verdict(Project.find(), args.old, args.new, console)
    if args.format == "json":
        console.result(json.dumps(verdict.tree(), indent=1, ensure_ascii=False))
    elif args.format == "markdown":
        from enerqis.governance.review_markdown import markdown

        console.result(markdown(verdict).rstrip("\n"))
    else:
        from enerqis.governance.review_terminal import terminal_lines

        for line in terminal_lines(verdict):
            console.result(line)
    return verdict.exit_code


def _verdict(project: Project, old: str, new: str | None, console: Console) -> Verdict:
    """Return the verdict on what two words name: two experiments, else two results, else two revisions."""
    if new is not None:
        from enerqis.compose.experiments import load_params

        experiments = load_params(project).experiments
        if old in experiments and new in experiments:
            from enerqis.pipeline.reviewing_runs import review_experiments

            return review_experiments(project, old, new)
        if all(word in experiments or _is_result(project, word) for word in (old, new)):
            from enerqis.pipeline.lookup import run_of
            from enerqis.pipeline.reviewing_runs import review_receipts

            return review_receipts(project, run_of(project, old), run_of(project, new))
    from enerqis.pipeline.reviewing import review_revisions

    return review_revisions(project, old, new, say=console.say)


def _is_result(project: Project, word: str) -> bool:
    """Return whether a word names a receipt, or looks like a run id and is no commit."""
    from enerqis.io.revisions import repository
    from enerqis.pipeline.lookup import RUN_ID
    from enerqis.pipeline.receipts import RECEIPT_FILE

    if Path(word).name == RECEIPT_FILE or (Path(word) / RECEIPT_FILE).is_file():
        return True
    if not RUN_ID.fullmatch(word):
        return False
    try:
        with repository(project.root) as git:
            return not git.is_commit(word)
    except SetupError:
        return True
