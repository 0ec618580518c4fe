"""Run one stage from its resolved slice: what dvc.yaml calls."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.core.groups import STAGES
from enerqis.io.lifeline import follow_dvc
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("stage", choices=STAGES, help="stage of the flow")
    parser.add_argument(
        "name", nargs="?", default="", help="dataset of `ingest`, sweep of `sweep`, experiment of the others"
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Run the stage; stop when the `dvc` that called it is gone."""
    follow_dvc()
    project = Project.find()
    from enerqis.pipeline.stages import run_stage

    for line in run_stage(project, args.stage, args.name, say=console.say):
        console.say(line)
    return 0
