"""Write a new strategy of this project: its Python file, its YAML file and its test."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.core.clock import utc_now
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("family", choices=["strategy"], help="what to write")
    parser.add_argument("name", help="its kind: lower-case letters, digits and single underscores")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the three files, draw the schemas anew and say what comes next."""
    from enerqis.compose.new_strategy import write_strategy
    from enerqis.compose.schemas import write_schemas

    project = Project.find()
    for path in write_strategy(project, args.name, today=utc_now().date()):
        console.result(project.relative(path))
    for name in write_schemas(project):
        console.result(f"schemas/{name}")
    console.say(f"Next: change it, then 'enerqis test' and 'pytest tests/strategies/test_{args.name}.py'.")
    known = sorted(path.stem for path in (project.conf / "experiment").glob("*.yaml"))
    console.say(f"Try it: enerqis run experiment={known[0] if known else 'NAME'} strategy={args.name} search=none")
    return 0
