"""Check every file under conf/ and .cbr/, params.yaml and the headers of documents: all problems at once, sorted."""

from __future__ import annotations

import argparse
from pathlib import Path

from enerqis.cli.console import Console
from enerqis.core.errors import ConfigError, Problem
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="only these files or folders")


def run(args: argparse.Namespace, console: Console) -> int:
    """Show every problem and return 1 if there is one."""
    from enerqis.compose.governed import governed_files
    from enerqis.compose.linting import config_files, lint
    from enerqis.compose.validating import by_place
    from enerqis.pipeline.governing import document_problems, governed_documents

    project = Project.find()
    chosen = [path.resolve() for path in args.paths]
    every = sorted({*config_files(project), *governed_files(project), *governed_documents(project)})
    files = [path for path in every if not chosen or _is_below(path, chosen)]
    if not files:
        raise ConfigError(
            [
                Problem(
                    "",
                    "",
                    "neither a file of conf/ or .cbr/, a governed document nor params.yaml among the paths.",
                )
            ]
        )
    kept = {project.relative(path) for path in files}
    found = sorted({*lint(project), *document_problems(project)}, key=by_place)
    problems = [each for each in found if not chosen or each.where.partition(":")[0] in kept]
    for problem in problems:
        console.result(str(problem))
    if not problems:
        console.say(f"{len(files)} files, no problem")
    return 1 if problems else 0


def _is_below(path: Path, chosen: list[Path]) -> bool:
    return any(path == each or path.is_relative_to(each) for each in chosen)
