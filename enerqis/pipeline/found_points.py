"""Trials that finished sweeps tell of, those that DVC restored included: points that have no result of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from enerqis.compose.experiments import load_params
from enerqis.io.parquet import read_any
from enerqis.io.project import Project
from enerqis.pipeline.found_trials import datasets_by_content
from enerqis.pipeline.point_table import POINTS_TABLE
from enerqis.pipeline.point_trials import PointTrials
from enerqis.pipeline.results import every_result
from enerqis.pipeline.sweep_records import sweeps_by_words
from enerqis.tracking.trial import Trial


def found_points(project: Project) -> Iterator[Trial]:
    """Yield a row for every point of every finished sweep, placed or in the store, whose dataset is known."""
    names = datasets_by_content(project)
    for trial in _swept(project):
        if trial.content in names:
            yield replace(trial, dataset=names[trial.content])


def _swept(project: Project) -> Iterator[Trial]:
    sweeps = load_params(project).sweeps
    for result in every_result(project, "sweep"):
        experiment = sweeps[result.name].experiment if result.outs and result.name in sweeps else ""
        yield from _points(result.path(POINTS_TABLE), experiment, result.receipt["spec"])
    for folder, experiment in sweeps_by_words(project):
        yield from _points(folder / POINTS_TABLE, experiment, {})


def _points(path: Path, experiment: str, spec: Mapping[str, Any]) -> list[Trial]:
    """Return the rows of a table of points; of none where it was removed beside its receipt."""
    objective = spec.get("search", {}).get("objective", "sharpe")
    return PointTrials(objective, experiment, "").of_table(read_any(path)) if path.is_file() else []
