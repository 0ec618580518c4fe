"""What `enerqis trials` shows: K and effective K on each dataset content, and the history of trials."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.compose.experiments import load_params
from enerqis.compose.matching import allowed_values
from enerqis.core.errors import StageError
from enerqis.io.locks import held
from enerqis.io.project import Project
from enerqis.io.trial_file import path_of, read
from enerqis.pipeline.found_trials import named_datasets
from enerqis.pipeline.recording import ledgers, take_in
from enerqis.quant.trial_count import effective_count
from enerqis.tracking.ledger import latest, outcome_of
from enerqis.tracking.trial import Row

LOCK = "backtest-"
"""Start of the name of the lock that a process holds while it computes the backtest of a run id."""


class Counted(NamedTuple):
    """Trials on one content of a dataset.

    `recorded` of them stand in ``.cbr/trials`` here; `unlike` have figures and no signature, so that `effective` is a bound.
    """

    dataset: str
    content: str
    trials: int
    effective: int
    finished: int
    failed: int
    running: int
    abandoned: int
    recorded: int
    unlike: int


class Event(NamedTuple):
    """One row of the history."""

    when: str
    trial: str
    outcome: str
    experiment: str
    dataset: str
    content: str
    strategy: str
    part: str
    objective_name: str
    objective: float | None
    sharpe_per_year: float | None
    run_id: str
    detail: str


class History(NamedTuple):
    """Counts by dataset and content, and rows in order."""

    counts: list[Counted]
    events: list[Event]


def history(project: Project, word: str = "") -> History:
    """Return what is known of the trials of an experiment, of a dataset, or of all, results that were restored included.

    Raises
    ------
    StageError
        If the word names nothing.
    """
    rows: list[Row] = []
    for ledger in ledgers(project):
        take_in(project, ledger)
        rows += ledger.rows()
    experiments = {row.trial.experiment for row in rows} | {*load_params(project).experiments}
    datasets = named_datasets(project, {row.trial.dataset for row in rows})
    if word and word not in experiments | {*datasets}:
        known = sorted({*experiments, *datasets} - {""})
        raise StageError(f"'{word}' is no experiment or dataset with trials.{allowed_values(word, known)}")
    shown = [row for row in rows if not word or word in (row.trial.experiment, row.trial.dataset)]
    contents = {(row.trial.dataset, row.trial.content) for row in shown} - {("", "")}
    running = {name.removeprefix(LOCK): True for name in held(project.locks) if name.startswith(LOCK)}
    counts = [_counted(project, rows, dataset, content, running) for dataset, content in sorted(contents)]
    return History(counts, [_event(row) for row in _without_starts(shown)])


def _without_starts(rows: list[Row]) -> list[Row]:
    """Return rows without those of a start whose end follows: a run that ended is one line, one that did not is seen."""
    kept: list[Row] = []
    ended: set[tuple[str, str, str]] = set()
    for row in reversed(rows):
        run = (row.trial.content, row.trial.run_id, row.trial.part)
        if row.trial.outcome != "started":
            ended.add(run)
        elif run in ended:
            continue
        kept.append(row)
    return kept[::-1]


def _counted(project: Project, rows: list[Row], dataset: str, content: str, running: dict[str, bool]) -> Counted:
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        if row.trial.content == content:
            by_key.setdefault(row.trial.key, []).append(row)
    trials = [latest(found).trial for found in by_key.values()]
    outcomes = [outcome_of(found, running) for found in by_key.values()]
    recorded = {line.key for line in read(path_of(project.root, dataset)).lines}
    return Counted(
        dataset=dataset,
        content=content,
        trials=len(by_key),
        effective=effective_count([each.signature for each in trials]),
        finished=outcomes.count("finished") + outcomes.count("recorded"),
        failed=outcomes.count("failed"),
        running=outcomes.count("running"),
        abandoned=outcomes.count("abandoned"),
        recorded=len(recorded & by_key.keys()),
        unlike=sum(each.moments is not None and not each.signature for each in trials),
    )


def _event(row: Row) -> Event:
    trial, moments = row.trial, row.trial.moments
    sharpe = moments.sharpe * math.sqrt(moments.periods_per_year) if moments is not None else math.nan
    return Event(
        when=row.instant,
        trial=trial.key,
        outcome=trial.outcome,
        experiment=trial.experiment,
        dataset=trial.dataset,
        content=trial.content,
        strategy=trial.strategy,
        part=trial.part,
        objective_name=trial.objective_name,
        objective=trial.objective,
        sharpe_per_year=sharpe if math.isfinite(sharpe) else None,
        run_id=trial.run_id,
        detail=trial.detail,
    )
