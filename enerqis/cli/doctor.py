"""Check the environment, pins, schemas, the lock and outputs, and say how to mend each."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from enerqis.cli.console import Console

if TYPE_CHECKING:
    from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("--prune", action="store_true", help="mend what can be mended by removing or making anew")
    parser.add_argument("--unlock", action="store_true", help="only mend files of dvc that a killed dvc left cut off")


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where no fault was found or every fault was mended, else 1."""
    from enerqis.io.project import Project

    if args.unlock:
        return _unlock(Project.find(), console)
    from enerqis.pipeline.checkup import checkup

    faults = 0
    for finding in checkup(Project.find()):
        sort = "fault" if finding.is_fault else "note"
        if args.prune and finding.prune is not None:
            finding.prune()
            console.result(f"mended: {finding.what}")
            continue
        faults += finding.is_fault
        console.result(f"{sort}: {finding.what}\n  {finding.mend}")
    console.say("no fault found" if faults == 0 else f"{faults} to mend")
    return 1 if faults else 0


def _unlock(project: Project, console: Console) -> int:
    """Let `dvc repro` start again after a kill; say nothing where nothing is wrong."""
    from enerqis.io.cut_off import mend

    for path in mend(project.root):
        console.result(f"mended: {path}: cut off by a dvc that was killed")
    return 0
