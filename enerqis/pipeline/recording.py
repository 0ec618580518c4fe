"""Recording trials under ``.cbr/trials``, and what may be wrong between that record, the ledger, and what git remembers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from enerqis.core.errors import StageError
from enerqis.io.atomic import write_text
from enerqis.io.git import added_text
from enerqis.io.project import Project
from enerqis.io.trial_file import Record, keys_in, path_of, read, says_all, text_of
from enerqis.pipeline.found_points import found_points
from enerqis.pipeline.found_trials import finished_trials, line_of, named_datasets, recorded_trials
from enerqis.pipeline.resolved import read_index
from enerqis.spec.trials import TrialLine
from enerqis.tracking.ledger import DEFAULT_ADDRESS, Ledger, latest, open_ledger
from enerqis.tracking.trial import Row


class Recorded(NamedTuple):
    """What recording did for one dataset: trials in its file now, and how many lines, or days of older trials, are new."""

    dataset: str
    trials: int
    new: int


class Fault(NamedTuple):
    """Something wrong with the count of trials, and what to do; `is_fault` is False for what is only not recorded yet."""

    what: str
    mend: str
    is_fault: bool = True


MEND = "enerqis trials record"


def ledgers(project: Project) -> list[Ledger]:
    """Return the ledgers of the experiments that were resolved; the default one where none was."""
    try:
        addresses = set(read_index(project).ledgers.values())
    except (StageError, KeyError):
        addresses = set()
    return [open_ledger(project, address) for address in sorted(addresses or {DEFAULT_ADDRESS})]


def take_in(project: Project, ledger: Ledger) -> int:
    """Tell the ledger of every result and every recorded trial that it does not know, and return how many rows that made."""
    known = [*finished_trials(project), *found_points(project)]
    for dataset in named_datasets(project, ()):
        known += recorded_trials(read(path_of(project.root, dataset)), dataset)
    return ledger.ensure(known)


def record(project: Project) -> list[Recorded]:
    """Write every trial that a ledger or a finished result tells of into the files under ``.cbr/trials``.

    Doing it twice changes nothing; two machines that know the same trials write the same lines of them; lines that stand are
    kept, and of two days of a trial the earlier.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    rows = []
    for ledger in ledgers(project):
        take_in(project, ledger)
        rows += ledger.rows()
    done = []
    for dataset in named_datasets(project, {row.trial.dataset for row in rows}):
        path = path_of(project.root, dataset)
        before = read(path)
        own = [row for row in rows if row.trial.dataset == dataset]
        after = before.with_trials(_new_lines(own, before)).with_days(first_days(own))
        text = text_of(after, dataset)
        if after.lines and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            write_text(path, text)
        done.append(Recorded(dataset, len({line.key for line in after.lines}), _new(before, after)))
    for ledger in ledgers(project):
        take_in(project, ledger)
    return [each for each in done if each.trials]


def first_days(rows: Sequence[Row]) -> dict[str, date]:
    """Return the UTC day of the first row of each trial, by key.

    A trial that the ledger knew from ``.cbr/trials`` first, or at the same instant, has none: it was made before, at an unknown
    time.
    """
    first: dict[str, tuple[str, bool]] = {}
    for row in rows:
        told = (row.instant, row.trial.outcome != "recorded")
        first[row.trial.key] = min(told, first.get(row.trial.key, told))
    return {key: date.fromisoformat(instant[:10]) for key, (instant, is_made_here) in first.items() if is_made_here}


def _new(before: Record, after: Record) -> int:
    """Return how many lines of trials are new, and how many of the trials that stood before have another day."""
    stood = {line.key for line in before.lines}
    dated = sum(before.days.get(key) != after.days.get(key) for key in stood)
    return len(after.lines) - len(before.lines) + dated


def _new_lines(rows: list[Row], record: Record) -> list[TrialLine]:
    """Return a line for each trial that the record does not have, or has with other figures or without a signature only."""
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row.trial.key, []).append(row)
    known: dict[str, list[TrialLine]] = {}
    for each in record.lines:
        known.setdefault(each.key, []).append(each)
    new = []
    for key, found in by_key.items():
        line = line_of(latest(found).trial)
        standing = known.get(key, [])
        if not standing or (line.periods is not None and not any(says_all(each, line) for each in standing)):
            new.append(line)
    return new


def trial_faults(project: Project) -> Iterator[Fault]:
    """Yield what is wrong with the count of trials: rows or lines that were removed or changed, trials not recorded."""
    rows: list[Row] = []
    for ledger in ledgers(project):
        for fault in ledger.faults():
            yield Fault(f"trial ledger: {fault}", "look for a copy of the ledger; what .cbr/trials holds still counts")
        rows += ledger.rows()
    for dataset in named_datasets(project, {row.trial.dataset for row in rows}):
        yield from _faults_of(project, dataset, [row for row in rows if row.trial.dataset == dataset])


def _faults_of(project: Project, dataset: str, rows: list[Row]) -> Iterator[Fault]:
    path = path_of(project.root, dataset)
    name = project.relative(path)
    record = read(path)
    for fault in record.faults():
        yield Fault(f"{name}: {fault}", f"take the line back: git log -p -- {name}")
    here = {line.key for line in record.lines}
    committed = keys_in(added_text(project.root, path)) - here
    if committed:
        yield Fault(
            f"{name}: {_count(committed)} of earlier commits are not in it any more", f"{MEND}, or git log -p -- {name}"
        )
    once = {row.trial.key for row in rows if row.trial.outcome == "recorded"} - here - committed
    if once:
        yield Fault(f"{name}: {_count(once)} were recorded, on another branch or before a line was removed", MEND)
    never = {row.trial.key for row in rows} - here - committed - once
    if never:
        yield Fault(f"{name}: {_count(never)} are not recorded yet, and no report counts them", MEND, is_fault=False)


def _count(keys: set[str]) -> str:
    return f"{len(keys)} trial{'s' if len(keys) > 1 else ''} ({min(keys)[:12]}{', ...' if len(keys) > 1 else ''})"
