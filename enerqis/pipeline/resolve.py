"""Stage resolve: from conf/ and params.yaml to one slice a stage, or to every problem at once."""

from __future__ import annotations

from collections.abc import Iterable

from enerqis.compose.experiments import load_params, resolve_all
from enerqis.compose.freezing import Frozen, freeze_dataset, freeze_experiment, freeze_sweep, freeze_tracking
from enerqis.io.atomic import new_folder, write_text
from enerqis.io.project import Project
from enerqis.pipeline.receipts import text
from enerqis.pipeline.resolved import INDEX_FILE, TRACK_FILE, Index, slice_place


def resolve(project: Project) -> Index:
    """Resolve everything in params.yaml and put ``data/spec`` in place whole; after a problem the old one stays.

    Raises
    ------
    ConfigError
        With every problem of every experiment.
    """
    params = load_params(project)
    resolved = resolve_all(project)
    datasets = {name: freeze_dataset(project, each) for name, each in resolved.datasets.items()}
    experiments = {
        name: freeze_experiment(project, name, each, dataset=params.experiments[name].dataset)
        for name, each in resolved.experiments.items()
    }
    sweeps = {name: freeze_sweep(project, resolved.experiments[each]) for name, each in resolved.sweeps.items()}
    names = {name: entry.dataset for name, entry in params.experiments.items()}
    track = freeze_tracking(project, resolved.experiments, names, resolved.sweeps)
    index = Index(
        pins=pins_of(
            [
                *datasets.values(),
                *(each for stages in experiments.values() for each in stages.values()),
                *sweeps.values(),
                track,
            ]
        ),
        datasets=names,
        sweeps=resolved.sweeps,
        ledgers={name: each.tracking.ledger_uri for name, each in resolved.experiments.items()},
    )
    with new_folder(project.data / "spec") as folder:
        for name, frozen in datasets.items():
            write_text(folder / slice_place("ingest", name), text(frozen.document.model_dump(mode="json")))
        for name, stages in experiments.items():
            for stage, frozen in stages.items():
                write_text(folder / slice_place(stage, name), text(frozen.document.model_dump(mode="json")))
        for name, frozen in sweeps.items():
            write_text(folder / slice_place("sweep", name), text(frozen.document.model_dump(mode="json")))
        write_text(folder / TRACK_FILE, text(track.document.model_dump(mode="json")))
        names_of = {"datasets": index.datasets, "sweeps": index.sweeps, "ledgers": index.ledgers}
        write_text(folder / INDEX_FILE, text({**index.pins, **names_of}))
    return index


def pins_of(frozen: Iterable[Frozen]) -> dict[str, dict[str, dict[str, str]]]:
    """Return what the code and environment hashes of `frozen` were made of, by hash."""
    every = list(frozen)
    return {
        "code": {each.document.code_sha256: each.code for each in every},
        "environment": {each.document.env_sha256: each.environment for each in every},
    }
