"""Hold the project's plug-ins to the laws of their family, then run the project's own tests."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from collections.abc import Iterator

from enerqis.cli.console import Console
from enerqis.io.project import Project

NO_TESTS_COLLECTED = 5
"""What pytest returns where there is no test."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument(
        "--shipped", action="store_true", help="hold the plug-ins that ENERQIS ships to the laws as well"
    )
    parser.add_argument("--laws-only", action="store_true", help="do not run the project's own tests")


def run(args: argparse.Namespace, console: Console) -> int:
    """Return 0 where every law holds and every test passes, else 1."""
    project = Project.find()
    held, complaints = 0, []
    for name, broken in _laws(project, with_shipped=args.shipped):
        held += not broken
        complaints += [f"{name}: {sentence}" for sentence in broken]
    for complaint in complaints:
        console.result(f"broken: {complaint}")
    console.result(f"laws: {held} held, {len(complaints)} broken")
    passed = args.laws_only or _tests_pass(project, console)
    return 0 if passed and not complaints else 1


def _laws(project: Project, *, with_shipped: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each law with what breaks it: those of the families, then the law of names."""
    from enerqis.laws.names import NAMED_GROUPS, unmatched_names
    from enerqis.laws.suite import trials

    for trial in trials(project, with_shipped=with_shipped):
        yield trial.name, trial.complaints()
    for group in NAMED_GROUPS:
        yield f"names of {group}", list(unmatched_names(project, group, with_shipped=with_shipped))


def _tests_pass(project: Project, console: Console) -> bool:
    """Run the project's tests in a process of their own; a project without tests, or a machine without pytest, has none."""
    if not (project.root / "tests").is_dir():
        console.say("tests: this project has none")
        return True
    if importlib.util.find_spec("pytest") is None:
        console.say("tests: not run, pytest is not installed. Install it: pip install pytest")
        return True
    return (
        subprocess.run([sys.executable, "-m", "pytest", "-q", "tests"], cwd=project.root, check=False).returncode == 0
    )
