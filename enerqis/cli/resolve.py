"""Resolve every experiment of params.yaml into slices, or name every problem."""

from __future__ import annotations

import argparse

from enerqis.cli.console import Console
from enerqis.io.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments: none."""


def run(args: argparse.Namespace, console: Console) -> int:
    """Write ``data/spec`` whole, or leave it as it was."""
    from enerqis.pipeline.stages import run_stage

    for line in run_stage(Project.find(), "resolve", "", say=console.say):
        console.result(line)
    return 0
