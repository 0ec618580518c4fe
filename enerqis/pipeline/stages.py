"""Running one stage from its slice on disk: the way DVC runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from enerqis.core.errors import StageError
from enerqis.core.groups import SWEEP_STAGES
from enerqis.io.project import Project
from enerqis.pipeline.flow import placed_inputs
from enerqis.pipeline.resolved import TRACK_FILE, Index, read_index, read_slice, slice_place
from enerqis.pipeline.runner import Done, Runner


def run_stage(project: Project, stage: str, name: str, *, say: Callable[[str], None]) -> Iterator[str]:
    """Run `stage` for the dataset, experiment or sweep `name` and yield lines that say what came out.

    Raises
    ------
    EnerqisError
        If the slice, an input or the name is missing, or the stage fails.
    """
    if stage == "resolve":
        from enerqis.pipeline.resolve import resolve

        index = resolve(project)
        yield f"resolve: {len(index.datasets)} experiments on {len(set(index.datasets.values()))} datasets"
    elif stage == "track":
        from enerqis.pipeline.track import track

        yield from track(project, read_slice(project, TRACK_FILE), pins=read_index(project).pins)
    else:
        yield said(_run(project, stage, name, read_index(project), say))


def _run(project: Project, stage: str, name: str, index: Index, say: Callable[[str], None]) -> Done:
    if stage == "ingest":
        runner = Runner(project, index.pins, say)
        return runner.run(stage, name, read_slice(project, slice_place(stage, name)), {}, place=True)
    if stage in SWEEP_STAGES:
        return _sweep(project, stage, name, index, say)
    if name not in index.datasets:
        known = ", ".join(sorted(index.datasets))
        raise StageError(f"params.yaml: experiments has no '{name}'. Known: {known}.")
    dataset = index.datasets[name]
    inputs = placed_inputs(project, dataset=dataset, experiment=name)
    runner = Runner(project, index.pins, say, index.ledgers[name])
    return runner.run(stage, name, read_slice(project, slice_place(stage, name)), inputs, place=True, dataset=dataset)


def _sweep(project: Project, stage: str, name: str, index: Index, say: Callable[[str], None]) -> Done:
    """Run a stage of a sweep, and tell the ledger of its points."""
    from enerqis.pipeline.launching import launched
    from enerqis.pipeline.sweep_counting import SweepCount, search_of
    from enerqis.tracking.ledger import open_ledger

    if name not in index.sweeps:
        known = ", ".join(sorted(index.sweeps)) or "none"
        raise StageError(f"params.yaml: sweeps has no '{name}'. Known: {known}.")
    experiment = index.sweeps[name]
    dataset = index.datasets[experiment]
    document = read_slice(project, slice_place(stage, name))
    ledger = open_ledger(project, index.ledgers[experiment])
    search = search_of(project, document.spec["search"])
    count = SweepCount(project.root, ledger, search, experiment=experiment, dataset=dataset)
    inputs = placed_inputs(project, dataset=dataset, experiment=experiment)
    with launched(project, search) as launch:
        runner = Runner(project, index.pins, say, on_progress=count.take, launch=launch)
        done = runner.run(stage, name, document, inputs, place=True)
    if not done.is_new:
        count.found_in(done.folder)
    return done


def said(done: Done) -> str:
    """Return one line about a finished stage."""
    counts = ", ".join(f"{key} {value}" for key, value in done.facts.items() if isinstance(value, int | float))
    origin = "computed" if done.is_new else "found in the store"
    return f"{done.stage} {done.name}: {origin}, result {done.result_sha256[:12]}" + (f" ({counts})" if counts else "")
