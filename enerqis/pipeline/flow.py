"""The flow of one experiment: which stages there are and where each finds its inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from enerqis.core.groups import EXPERIMENT_STAGES
from enerqis.io.project import Project
from enerqis.pipeline.runner import Done, Runner
from enerqis.spec.slices import SliceDocument


def placed_inputs(project: Project, *, dataset: str, experiment: str) -> dict[str, Path]:
    """Return where the outs of earlier stages lie under ``data/``, by input name."""
    return {
        "parquet": project.data / "parquet" / dataset,
        "processed": project.data / "processed" / dataset,
        "features": project.data / "features" / experiment,
        "backtest": project.data / "backtest" / experiment,
        "validate": project.data / "validate" / experiment,
        "parity": project.data / "parity" / f"{experiment}.json",
        "report": project.data / "metrics" / f"{experiment}.json",
    }


def run_experiment(
    runner: Runner,
    name: str,
    *,
    dataset: str,
    dataset_document: SliceDocument,
    documents: Mapping[str, SliceDocument],
    place: bool,
    on_stage: Callable[[str], None],
    stages: Sequence[str] = EXPERIMENT_STAGES,
) -> dict[str, Done]:
    """Run every stage of one experiment in this process, each from the results of the earlier ones.

    Parameters
    ----------
    runner : Runner
    name : str
        Experiment.
    dataset : str
        Dataset, by its file's stem.
    dataset_document, documents : SliceDocument and mapping of stage to SliceDocument
    place : bool
        Whether results are also placed under ``data/``.
    on_stage : callable
        Called with the stage's name when it starts.
    stages : sequence of str
        Stages to run after `ingest`, in the order of the flow.

    Returns
    -------
    dict of str to Done
        By stage, in the order of the flow.
    """
    on_stage("ingest")
    done = {"ingest": runner.run("ingest", dataset, dataset_document, {}, place=place)}
    inputs = {part: done["ingest"].parts[part] for part in ("parquet", "processed")}
    for stage in stages:
        on_stage(stage)
        done[stage] = runner.run(stage, name, documents[stage], inputs, place=place, dataset=dataset)
        inputs[stage] = done[stage].folder
    return done
