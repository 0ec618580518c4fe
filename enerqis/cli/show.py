"""Show an experiment resolved: each value, and the file or override it came from."""

from __future__ import annotations

import argparse
import json

from enerqis.cli.console import Console
from enerqis.io.project import Project

WIDEST_COLUMN = 60
"""Values wider than this do not push the origins of the others to the right."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("experiment", help="stem of a file in conf/experiment")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="group=choice or key=value")
    parser.add_argument("--json", action="store_true", help="for machines: spec, and origin by dotted key")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the resolved tree."""
    from enerqis.compose.experiments import compose_experiment
    from enerqis.compose.origins import leaves, line
    from enerqis.compose.validating import validate

    project = Project.find()
    composed = compose_experiment(project, args.experiment, args.overrides)
    experiment = validate(composed, project)
    found = list(leaves(experiment, composed))
    if args.json:
        spec = experiment.model_dump(mode="json", serialize_as_any=True)
        origins = {".".join(leaf.path): leaf.origin for leaf in found if not leaf.is_branch}
        console.result(json.dumps({"spec": spec, "origins": origins}, indent=1, ensure_ascii=False))
        return 0
    lines = [line(leaf) for leaf in found]
    width = max(len(value) for value, _ in lines if len(value) <= WIDEST_COLUMN)
    for value, origin in lines:
        console.result(f"{value:<{width}}  # {origin}" if origin else value)
    return 0
