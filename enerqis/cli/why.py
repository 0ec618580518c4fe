"""Say why two results differ: config key, data, module or package, then the first order and bar that part."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.pipeline.reasons import Reasons

MOST_SHOWN = 20
"""Lines of one component; what is left out is counted, and --full shows it."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    for word in ("old", "new"):
        parser.add_argument(word, metavar=word.upper(), help="experiment, run id or its start, folder with a receipt")
    parser.add_argument("--full", action="store_true", help="every module and partition that differs")


def run(args: argparse.Namespace, console: Console) -> int:
    """Print the reasons; return 0 where there is an answer, whatever it is."""
    from enerqis.pipeline.lookup import run_of
    from enerqis.pipeline.reasons import reasons

    project = Project.find()
    old, new = run_of(project, args.old), run_of(project, args.new)
    for word, result in (("old", old), ("new", new)):
        name = "" if str(result.receipt["stage_id"]).startswith(result.name) else f"{result.name} "
        console.result(f"{word}  {result.stage} {name}{result.receipt['stage_id'][:12]}")
    found = reasons(project, old, new)
    _changes(found, console, most=None if args.full else MOST_SHOWN)
    _results(found, console)
    return 0


def _changes(found: Reasons, console: Console, *, most: int | None) -> None:
    """Print what differs in the identities, at most so many lines of a component."""
    if not found.changes:
        console.result("the same identity: config, data, code, environment, engine and seed")
    groups: dict[str, list[str]] = {}
    for change in found.changes:
        groups.setdefault(change.component, []).append(str(change))
    for component, lines in groups.items():
        for line in lines[:most]:
            console.result(line)
        if most is not None and len(lines) > most:
            console.result(f"{component}: and {len(lines) - most} more; --full shows them")


def _results(found: Reasons, console: Console) -> None:
    """Print whether the results are the same, else where they part."""
    if found.is_same_result:
        console.result("the result is the same, bit by bit")
        return
    console.result("the results differ" if found.changes else "the results differ: processor or libm, see 'verify'")
    if found.missing:
        console.result(found.missing)
    divergence = found.divergence
    if divergence is None:
        return
    tallies = (("orders", divergence.orders), ("fills", divergence.fills), ("bars", divergence.bars))
    for name, tally in tallies:
        console.result(f"{name}: {tally.left} and {tally.right}, {tally.differing} differ")
    console.result(
        f"largest difference of equity: {divergence.max_relative_equity_difference:.6g} of the largest so far"
    )
    for line in divergence.lines("old", "new"):
        console.result(line)
