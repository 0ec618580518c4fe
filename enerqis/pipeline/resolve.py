"""Stage resolve: from conf/ and params.yaml to one slice a stage, or to every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enerqis.compose.experiments import Resolved, load_params, resolve_all
from enerqis.compose.freezing import Frozen, freeze_dataset, freeze_experiment, freeze_sweep, freeze_tracking
from enerqis.io.atomic import new_folder, write_text
from enerqis.io.project import Project
from enerqis.pipeline.receipts import text
from enerqis.pipeline.resolved import INDEX_FILE, TRACK_FILE, Index, slice_place


@dataclass(frozen=True)
class Prepared:
    """All that resolving gives, before it is written.

    Parameters
    ----------
    resolved : Resolved
        The typed specs.
    frozen : dict of str to Frozen
        Every slice by its path under ``data/spec``.
    index : Index
    """

    resolved: Resolved
    frozen: dict[str, Frozen]
    index: Index


def prepare(project: Project) -> Prepared:
    """Resolve everything in params.yaml and write nothing.

    Raises
    ------
    ConfigError
        With every problem of every experiment.
    """
    params = load_params(project)
    resolved = resolve_all(project)
    frozen = {slice_place("ingest", name): freeze_dataset(project, each) for name, each in resolved.datasets.items()}
    for name, each in resolved.experiments.items():
        stages = freeze_experiment(project, name, each, dataset=params.experiments[name].dataset)
        frozen |= {slice_place(stage, name): part for stage, part in stages.items()}
    for name, of in resolved.sweeps.items():
        frozen[slice_place("sweep", name)] = freeze_sweep(project, resolved.experiments[of])
    names = {name: entry.dataset for name, entry in params.experiments.items()}
    frozen[TRACK_FILE] = freeze_tracking(project, resolved.experiments, names, resolved.sweeps)
    index = Index(
        pins=pins_of(frozen.values()),
        datasets=names,
        sweeps=resolved.sweeps,
        ledgers={name: each.tracking.ledger_uri for name, each in resolved.experiments.items()},
    )
    return Prepared(resolved, frozen, index)


def resolve(project: Project) -> Index:
    """Resolve everything in params.yaml and put ``data/spec`` in place whole; after a problem the old one stays.

    Raises
    ------
    ConfigError
        With every problem of every experiment.
    """
    prepared = prepare(project)
    index = prepared.index
    with new_folder(project.data / "spec") as folder:
        for place, frozen in prepared.frozen.items():
            write_text(folder / place, text(frozen.document.model_dump(mode="json")))
        names_of = {"datasets": index.datasets, "sweeps": index.sweeps, "ledgers": index.ledgers}
        write_text(folder / INDEX_FILE, text({**index.pins, **names_of}))
    (project.data / "sweep").mkdir(exist_ok=True)  # `track` depends on it, and without sweeps no stage makes it
    return index


def pins_of(frozen: Iterable[Frozen]) -> dict[str, dict[str, dict[str, str]]]:
    """Return what the code and environment hashes of `frozen` were made of, by hash."""
    every = list(frozen)
    return {
        "code": {each.document.code_sha256: each.code for each in every},
        "environment": {each.document.env_sha256: each.environment for each in every},
    }
