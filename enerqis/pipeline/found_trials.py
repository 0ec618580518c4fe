"""Trials that finished results and the record under ``.cbr/trials`` tell of, whoever computed or recorded them.

A result that DVC restored, or that was made before the ledger was there, counts like one that ran here: its receipt says all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from enerqis.compose.digests import plain
from enerqis.compose.refreezing import spec_part
from enerqis.compose.trials import PARTS, config_digest, trial_key
from enerqis.core.errors import EnerqisError
from enerqis.io.project import Project
from enerqis.io.trial_file import Record, link_of
from enerqis.pipeline.known_trials import moments_in
from enerqis.pipeline.results import Result, every_result
from enerqis.pipeline.trials import finished
from enerqis.spec.trials import TrialLine
from enerqis.tracking.trial import Trial


def finished_trials(project: Project) -> Iterator[Trial]:
    """Yield a finished row for every backtest under ``data/`` and in the store whose features and dataset are known."""
    features = every_result(project, "features")
    names = datasets_by_content(project)
    for result in every_result(project, "backtest"):
        content = result.receipt["identity"]["data"]["parquet"]
        columns = _features_of(result, features)
        if columns is None or content not in names:
            continue
        spec = {**result.receipt["spec"], "feature": columns["feature"]}
        started = Trial(
            key=trial_key(_config(project, spec), content),
            content=content,
            outcome="started",
            run_id=result.receipt["stage_id"],
            strategy=spec["strategy"]["kind"],
            dataset=names[content],
            experiment=result.name if result.outs else "",
        )
        yield finished(started, result.receipt)


def datasets_by_content(project: Project) -> dict[str, str]:
    """Return the datasets that lie under ``data/``, by their content."""
    return {each.receipt["outputs"]["parquet"]: each.name for each in every_result(project, "ingest") if each.outs}


def recorded_trials(record: Record, dataset: str) -> Iterator[Trial]:
    """Yield a row for every line of a record; its run id is the hash of the line."""
    for line in record.lines:
        yield Trial(
            key=line.key,
            content=line.content,
            outcome="recorded",
            run_id=link_of(line),
            strategy=line.strategy,
            dataset=dataset,
            experiment="",
            moments=moments_in(line),
            signature=line.signature,
        )


def line_of(trial: Trial) -> TrialLine:
    """Return a row as a line to record."""
    figures = trial.moments._asdict() if trial.moments is not None else {}
    known = {name: value for name, value in figures.items() if value == value}  # NaN is left out
    return TrialLine(
        after=(), content=trial.content, key=trial.key, strategy=trial.strategy, signature=trial.signature, **known
    )


def _features_of(result: Result, candidates: Sequence[Result]) -> Mapping[str, Any] | None:
    """Return the spec of the features that a backtest read: of the same universe and content, its own name first."""
    wanted = (result.receipt["identity"]["data"]["features"], result.receipt["spec"]["universe"])
    same = [each for each in candidates if (each.receipt["result_sha256"], each.receipt["spec"]["universe"]) == wanted]
    named = sorted(same, key=lambda each: (not (each.outs and result.outs and each.name == result.name), each.name))
    return named[0].receipt["spec"] if named else None


def _config(project: Project, spec: Mapping[str, Any]) -> str:
    """Return the hash of a config from the plain JSON of receipts, with the parts that stand outside the identity left out.

    Where the installed code reads a part otherwise than it is written, such as with a key that is new, the part counts as it
    is written: that is how it was counted when it ran.
    """
    return config_digest({name: _as_written(project, name, spec[name]) for name in PARTS})


def _as_written(project: Project, name: str, value: Any) -> Any:
    try:
        part = spec_part(project, name, value)
    except (ValidationError, EnerqisError, KeyError):
        return value
    return part if plain(part) == value else value


def named_datasets(project: Project, known: Iterable[str]) -> list[str]:
    """Return the datasets that trials may be of: those given, those of params.yaml and those with a record, sorted."""
    from enerqis.compose.experiments import load_params
    from enerqis.io.trial_file import FOLDER

    files = (path.stem for path in (project.root / FOLDER).glob("*.json"))
    return sorted({*known, *load_params(project).datasets, *files} - {""})
