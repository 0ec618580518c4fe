"""Compute results again in a clean folder and hold them against their receipts: bit-equal, or where they part."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.core.errors import SetupError
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result
    from enerqis.pipeline.verifying import Verdict

WORTH_TELLING = 60
"""Letters from which on a cause that was told already is not told again."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("what", nargs="*", metavar="RUN|EXPERIMENT", help="run id or its start, experiment, dataset")
    parser.add_argument("--all", action="store_true", help="every dataset and experiment of params.yaml")
    parser.add_argument("--audit", action="store_true", help="only the audit trails; nothing is computed")
    parser.add_argument("--cold", action="store_true", help="compile kernels anew instead of using compiled ones")


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where everything that was named is proven, else 1."""
    project = Project.find()
    found = _named(args, project)
    if args.audit:
        return _audit([each for each in found if "audit" in each.receipt], console)
    from enerqis.pipeline.verifying import verify

    failed = 0
    said: set[str] = set()
    for result in found:
        verdict = verify(project, result, say=console.say, is_cold=args.cold)
        failed += not verdict.is_proven
        _show(verdict, console, is_brief=args.all and verdict.is_proven, said=said)
    console.result(f"{len(found) - failed} of {len(found)} results proven")
    return 1 if failed else 0


def _named(args: argparse.Namespace, project: Project) -> list[Result]:
    """Return the results that the command names, each once.

    Raises
    ------
    SetupError
        If it names none.
    """
    from enerqis.pipeline.lookup import all_results, results_of

    if not args.what and not args.all:
        raise SetupError("name an experiment, a dataset or a run id, or say --all")
    found = list(all_results(project)) if args.all else []
    found += [each for word in args.what for each in results_of(project, word)]
    return list({(each.stage, each.name, str(each.root)): each for each in found}.values())


def _audit(found: list[Result], console: Console) -> int:
    """Hold audit trails against the heads in their receipts."""
    from enerqis.pipeline.integrity import trail_faults

    failed = 0
    for result in found:
        faults = trail_faults(result)
        failed += bool(faults)
        head = result.receipt["audit"]
        said = "; ".join(faults) or f"audit trail whole, {head['lines']} lines, head {head['sha256'][:12]}"
        console.result(f"{result.stage} {result.name}: {said}")
    return 1 if failed else 0


def _once(fault: str, said: set[str]) -> str:
    """Return a fault whose cause, what follows a colon, is spelled out only where it is new; `said` is added to."""
    parts = fault.split(": ")
    causes = [": ".join(parts[place:]) for place in range(len(parts))]
    long = [cause for cause in causes if len(cause) >= WORTH_TELLING]
    known = max((place for place, cause in enumerate(long) if cause in said), default=None)
    said.update(long)
    return fault if known is None else ": ".join((*parts[:known], "as above"))


def _show(verdict: Verdict, console: Console, *, is_brief: bool, said: set[str]) -> None:
    """Print a verdict: what was pinned and what was not only where it is not one of many; a fault of many results once.

    `said` holds the causes that were printed before, and is added to.
    """
    for line in verdict.changed:
        console.result(f"{verdict.stage} {verdict.name}: not as in the receipt: {line}")
    console.result(
        f"{verdict.stage} {verdict.name} {verdict.stage_id[:12]}: {verdict.outcome}, result {verdict.result_sha256[:12]}"
    )
    for fault in verdict.faults:
        console.result(f"  {_once(fault, said)}")
    if not is_brief:
        console.result(f"  pinned: {', '.join(verdict.pinned)}")
        console.result(f"  not pinned: {', '.join(verdict.not_pinned)}")
