"""Whether the placed results of an experiment are what its files as they stand would give: by identity, without computing."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from enerqis.compose.experiments import load_params, resolve_dataset, resolve_experiment
from enerqis.compose.freezing import freeze_dataset, freeze_experiment
from enerqis.core.groups import EXPERIMENT_STAGES
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.flow import placed_inputs
from enerqis.pipeline.results import placed
from enerqis.pipeline.stage import Work
from enerqis.spec.slices import SliceDocument


def stale(project: Project, experiment: str) -> Iterator[str]:
    """Yield each stage of an experiment whose placed result has another identity than a run would have now.

    Raises
    ------
    EnerqisError
        If the spec is wrong, or a result is missing.
    """
    dataset = load_params(project).experiments[experiment].dataset
    ingest = freeze_dataset(project, resolve_dataset(project, dataset)).document
    if _differs(project, "ingest", dataset, ingest, {}):
        yield f"ingest {dataset}"
    documents = freeze_experiment(project, experiment, resolve_experiment(project, experiment), dataset=dataset)
    inputs = placed_inputs(project, dataset=dataset, experiment=experiment)
    for stage in EXPERIMENT_STAGES:
        if _differs(project, stage, experiment, documents[stage].document, inputs):
            yield f"{stage} {experiment}"


def _differs(project: Project, stage: str, name: str, document: SliceDocument, inputs: Mapping[str, Path]) -> bool:
    module: Any = importlib.import_module(f"enerqis.pipeline.{stage}")
    work = Work(project, document.spec, dict(inputs), name, is_placed=True)
    read = {key: inputs[key] for key in module.INPUTS}
    governed: dict[str, str] = module.governed(work) if hasattr(module, "governed") else {}
    data = receipts.input_hashes(read, shown=module.SHOWS) | governed
    components = receipts.identity(document, data or module.pins(work))
    return bool(receipts.stage_id(stage, components) != placed(project, stage, name).receipt["stage_id"])
