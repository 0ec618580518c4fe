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
    """Yield each stage of an experiment whose placed result has another identity than a run would have now, and why.

    Raises
    ------
    EnerqisError
        If the spec is wrong, or a result is missing.
    """
    dataset = load_params(project).experiments[experiment].dataset
    ingest = freeze_dataset(project, resolve_dataset(project, dataset))
    yield from _differs(project, "ingest", dataset, ingest.document, {})
    spec = resolve_experiment(project, experiment)
    documents = freeze_experiment(project, experiment, spec, dataset=dataset)
    inputs = placed_inputs(project, dataset=dataset, experiment=experiment)
    for stage in EXPERIMENT_STAGES:
        yield from _differs(project, stage, experiment, documents[stage].document, inputs)


def _differs(
    project: Project, stage: str, name: str, document: SliceDocument, inputs: Mapping[str, Path]
) -> Iterator[str]:
    module: Any = importlib.import_module(f"enerqis.pipeline.{stage}")
    work = Work(project, document.spec, dict(inputs), name, is_placed=True)
    read = {key: inputs[key] for key in module.INPUTS}
    governed: dict[str, str] = module.governed(work) if hasattr(module, "governed") else {}
    data = receipts.input_hashes(read, shown=module.SHOWS) | governed
    components = receipts.identity(document, data or module.pins(work))
    receipt = placed(project, stage, name).receipt
    if receipts.stage_id(stage, components) != receipt["stage_id"]:
        yield f"{stage} {name}: not of the present files and inputs. Run 'dvc repro'"
    elif document.spec != receipt["spec"]:
        yield f"{stage} {name}: its receipt tells another spec than the present files. Run 'dvc repro'"
