"""Hold the project's plug-ins to the laws of their family, then run the project's own tests."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

from enerqis.cli.console import Console
from enerqis.io.project import Project

MOST_NAMED = 8
"""Plug-ins more than this are counted, not named."""
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
    held, complaints, subjects = 0, defaultdict[tuple[str, str], list[str]](list), dict[str, None]()
    for subject, law, broken in _laws(project, with_shipped=args.shipped):
        held += not broken
        subjects[subject] = None
        for sentence in broken:
            complaints[subject, sentence].append(law)
    for (subject, sentence), laws in complaints.items():
        console.result(
            f"broken: {subject}: {', '.join(laws)}: {sentence}" if laws[0] else f"broken: {subject}: {sentence}"
        )
    console.result(f"laws: {held} held, {sum(map(len, complaints.values()))} broken{_of(list(subjects))}")
    passed = args.laws_only or _tests_pass(project, console)
    return 0 if passed and not complaints else 1


def _of(subjects: list[str]) -> str:
    """Return whose laws they were: the plug-ins by name, or how many where there are many."""
    plugins = [each for each in subjects if "/" in each]
    if not plugins:
        return "; no plug-in of this project's own"
    return f"; of {', '.join(plugins) if len(plugins) <= MOST_NAMED else f'{len(plugins)} plug-ins'}"


def _laws(project: Project, *, with_shipped: bool) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the subject, the law and what breaks it: those of the families, then the law of names, which is a group's."""
    from enerqis.laws.names import NAMED_GROUPS, unmatched_names
    from enerqis.laws.suite import trials

    for trial in trials(project, with_shipped=with_shipped):
        subject, _, law = trial.name.partition(": ")
        yield subject, law, trial.complaints()
    for group in NAMED_GROUPS:
        yield f"names of {group}", "", list(unmatched_names(project, group, with_shipped=with_shipped))


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
