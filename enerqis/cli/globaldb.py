"""Build, sync, verify or freeze the Global Database: enerqis globaldb build|sync|verify|baseline [--root DIR]."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from enerqis.cli.console import Console
from enerqis.cli.meta import instant
from enerqis.io.project import Project

if TYPE_CHECKING:
    from enerqis.governance.tree import Plan
    from enerqis.pipeline.globaldb import Tree


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("what", choices=("build", "sync", "verify", "baseline"), help="what to do with the tree")
    parser.add_argument("--root", type=Path, metavar="DIR", help="its folder (default: as conf/globaldb names it)")
    parser.add_argument("--spec", default="", metavar="NAME", help="file of conf/globaldb (standard)")
    parser.add_argument("--redraw", action="store_true", help="build: let the project win over edits in the tree")
    parser.add_argument("--dry-run", action="store_true", help="sync: show what differs, write nothing")
    parser.add_argument("--baseline", action="store_true", help="verify: name what moved since the tree was frozen")
    parser.add_argument("--built-at", default="", metavar="TIME", help="2026-01-31T12:00:00Z instead of now")


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where the tree is as it should be, else 1."""
    from enerqis.pipeline import globaldb

    built_at = instant(args.built_at) if args.built_at else None
    tree = globaldb.open_tree(Project.find(), name=args.spec, root=args.root, built_at=built_at)
    if args.what == "build":
        return _done(globaldb.build(tree, redraw=args.redraw), tree, console)
    if args.what == "sync":
        return _done(globaldb.sync(tree, is_dry=args.dry_run), tree, console)
    if args.what == "baseline":
        from enerqis.pipeline.baseline import freeze

        done = freeze(tree)
        console.result(f"{done.baseline}  {len(done.files)} files")
        console.say("commit .cbr/; what is stamped from now on names this baseline")
        return 0
    return _verify(tree, console, is_frozen=args.baseline)


def _done(plan: Plan, tree: Tree, console: Console) -> int:
    for text in plan.said:
        console.result(text)
    for path in sorted(plan.writes):
        console.result(f"written: {path}")
    for path in plan.removals:
        console.result(f"removed: {path}")
    total = len(plan.writes) + len(plan.removals)
    console.say(f"{tree.shown('')}: {total} of {len(plan.files)} files changed")
    return 0


def _verify(tree: Tree, console: Console, *, is_frozen: bool) -> int:
    from enerqis.pipeline import baseline, globaldb

    faults = list(baseline.moves(tree)) if is_frozen else globaldb.verify(tree)
    for fault in faults:
        console.result(fault)
    if not faults:
        console.say(f"{tree.shown('')}: {'nothing moved' if is_frozen else 'holds'}")
    return 1 if faults else 0
