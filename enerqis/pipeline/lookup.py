"""Finding finished results by the words of a command: an experiment, a dataset, a run id or the start of one, a receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from enerqis.compose.experiments import load_params
from enerqis.compose.matching import allowed_values
from enerqis.core.errors import StageError
from enerqis.core.groups import EXPERIMENT_STAGES, SWEEP_STAGES
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.results import Result, every_result, placed

RUN_ID = re.compile(r"[0-9a-f]{6,64}")
"""A stage id, or at least its first six letters."""


def results_of(project: Project, word: str) -> list[Result]:
    """Return the results that a word names, in the order of the flow: all of an experiment, else one.

    Raises
    ------
    StageError
        If it names nothing, more than one thing, or something that is not finished.
    """
    params = load_params(project)
    if word in params.experiments:
        stages = [placed(project, stage, word) for stage in EXPERIMENT_STAGES]
        return [placed(project, "ingest", params.experiments[word].dataset), *stages]
    if word in params.sweeps:
        return [placed(project, stage, word) for stage in SWEEP_STAGES]
    return [_one(project, word)]


def run_of(project: Project, word: str) -> Result:
    """Return the one result that a word names; of an experiment, its backtest.

    Raises
    ------
    StageError
        As `results_of`.
    """
    if word in load_params(project).experiments:
        return placed(project, "backtest", word)
    return _one(project, word)


def require_one_stage(old: Result, new: Result) -> None:
    """Refuse results of different stages.

    Raises
    ------
    StageError
        If they are.
    """
    if old.stage != new.stage:
        raise StageError(f"'{old.stage}' and '{new.stage}' are different stages. Name two results of one stage.")


def all_results(project: Project) -> Iterator[Result]:
    """Yield the results of every dataset and experiment of params.yaml, each once."""
    params = load_params(project)
    for name in params.datasets:
        yield placed(project, "ingest", name)
    for name in params.experiments:
        for stage in EXPERIMENT_STAGES:
            yield placed(project, stage, name)
    for name in params.sweeps:
        for stage in SWEEP_STAGES:
            yield placed(project, stage, name)


def inputs_of(project: Project, result: Result) -> dict[str, Result]:
    """Return the inputs that a receipt names, found by their hash, the placed one of the same name first.

    Raises
    ------
    StageError
        If one is not there any more.
    """
    return {
        name: input_of(project, result, name)
        for name in result.module.INPUTS
        if name in result.receipt["identity"]["data"]
    }


def input_of(project: Project, result: Result, name: str) -> Result:
    """Return one input that a receipt names.

    Raises
    ------
    StageError
        If it is not there any more.
    """
    stage = "ingest" if name in ("parquet", "processed") else name
    return _with_hash(every_result(project, stage), name, result)


def _with_hash(candidates: list[Result], name: str, result: Result) -> Result:
    data = result.receipt["identity"]["data"]
    shown = data.get(f"{name}/{receipts.RECEIPT_FILE}")
    same = [each for each in candidates if receipts.input_hash(name, each.receipt) == data[name]]
    wanted = [each for each in same if shown is None or receipts.shown_hash(each.receipt) == shown]
    if not wanted:
        what = "has another receipt now" if same else "is not there any more"
        raise StageError(f"its input '{name}' with hash {data[name][:12]} {what}; make it again with 'dvc repro'")
    return next((each for each in wanted if each.name == result.name), wanted[0])


def _one(project: Project, word: str) -> Result:
    params = load_params(project)
    if word in params.datasets:
        return placed(project, "ingest", word)
    path = Path(word)
    if path.name == receipts.RECEIPT_FILE or path.is_dir():
        return _at(project, path.parent if path.name == receipts.RECEIPT_FILE else path)
    if RUN_ID.fullmatch(word):
        return _with_id(project, word)
    known = [*params.experiments, *params.datasets, *params.sweeps]
    raise StageError(
        f"'{word}' is no experiment, dataset or sweep of params.yaml, no run id and no receipt.{allowed_values(word, known)}"
    )


def _at(project: Project, folder: Path) -> Result:
    """Return the result whose receipt lies in a folder; placed where the folder is one of the project's."""
    receipt = receipts.read(folder)
    found = Result(receipt["stage"], folder.resolve().name, folder.resolve(), (), receipt)
    try:
        same = placed(project, found.stage, found.name)
    except StageError:
        return found
    is_placed = any(same.path(out.part).resolve() == found.root for out in same.outs)
    return same if is_placed else found


def _with_id(project: Project, start: str) -> Result:
    """Return the result whose stage id begins so."""
    found: dict[str, Result] = {}
    for stage in ("ingest", *EXPERIMENT_STAGES, *SWEEP_STAGES):
        for each in every_result(project, stage):
            stage_id = str(each.receipt["stage_id"])
            if stage_id.startswith(start):
                found.setdefault(stage_id, each)
    if not found:
        raise StageError(f"no result under data/ or in the store has a stage id that begins with '{start}'")
    if len(found) > 1:
        raise StageError(f"'{start}' begins {len(found)} stage ids: {', '.join(sorted(found))}. Write more letters.")
    return next(iter(found.values()))
