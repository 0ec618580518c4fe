"""Bringing the registry up to date: what is there enters it in state research; what branches did is joined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from enerqis.compose.experiments import load_params
from enerqis.compose.gates import GATES_FILE, load_gates
from enerqis.compose.governed_yaml import APPROVERS_FILE, load_approvers
from enerqis.compose.matching import allowed_values
from enerqis.core.errors import DataError, StageError
from enerqis.governance.audit_log import append, read_log, undisturbed
from enerqis.governance.registry import PLACE, Key, Standing, standing, text_of
from enerqis.governance.states import STATES, is_lower
from enerqis.io import git
from enerqis.io.atomic import write_text
from enerqis.io.project import Project
from enerqis.pipeline.integrity import receipt_faults
from enerqis.pipeline.results import Result, placed
from enerqis.spec.audit_log import Event
from enerqis.spec.base import Spec
from enerqis.spec.registry import RegistryRecord, State

STRATEGY_MODULES = ("enerqis.strategies", "enerqis_plugins.strategies")


class Recorded(NamedTuple):
    """One thing that entered the registry."""

    kind: str
    name: str
    identity: str


def record(project: Project, *, when: datetime | None = None) -> list[Recorded]:
    """Take every dataset, strategy and experiment of ``params.yaml`` whose results are placed into the registry.

    What it knows already stays as it is; doing it twice changes nothing. The gates and the rules of approval as they
    stand are told to the log once, as soon as they are committed: from then on they become looser only by an approval.

    Raises
    ------
    EnerqisError
        If a result is missing, a receipt is not whole, or the log does not hold.
    """
    found = {(each["kind"], each["name"], each["identity"]): each for each in _things(project)}
    with undisturbed(project):
        known = standing(read_log(project)).records
        new = [each for key, each in sorted(found.items()) if Key(*key) not in known]
        if new:
            append(project, "record", subject=PLACE.as_posix(), facts={"records": new}, when=when)
        rules: tuple[tuple[Event, Path, Spec | None], ...] = (
            ("thresholds", GATES_FILE, load_gates(project)),
            ("approvers", APPROVERS_FILE, load_approvers(project)),
        )
        told = {each.event for each in read_log(project).entries}
        for event, file, content in rules:
            if content is not None and event not in told and git.is_settled(project.root, project.root / file):
                append(project, event, subject=file.as_posix(), facts=content.model_dump(mode="json"), when=when)
        bring_up_to_date(project)
    return [Recorded(each["kind"], each["name"], each["identity"]) for each in new]


def bring_up_to_date(project: Project) -> Standing:
    """Write the registry's file from the log, and return what it holds."""
    now = standing(read_log(project))
    text = text_of(now)
    path = project.root / PLACE
    if (now.records or now.baselines or path.is_file()) and (
        not path.is_file() or path.read_text(encoding="utf-8") != text
    ):
        write_text(path, text)
    return now


def merge(project: Project, *, when: datetime | None = None) -> Standing:
    """Join what two branches added to the log, write the registry from it, and return what it holds.

    Raises
    ------
    DataError
        If the log does not hold, or the branches left one thing in two states; the registry's file is then as the log has
        it, with the lower state, and every promotion is refused until somebody demotes.
    """
    with undisturbed(project):
        log = read_log(project)
        faults = [*log.faults(), *standing(log).faults]
        if faults:
            raise DataError("\n".join(f"the audit log does not hold: {each}" for each in faults))
        if len(log.heads) > 1:
            ends = [log.head(link).model_dump() for link in log.heads]
            append(project, "merge", subject=".cbr/audit_log.json", facts={"heads": ends}, when=when)
        now = bring_up_to_date(project)
    if now.conflicts:
        raise DataError("\n".join(now.conflicts))
    return now


def demote(project: Project, word: str, *, to: State, reason: str, when: datetime | None = None) -> RegistryRecord:
    """Put one thing into a lower state, or retire it. Nothing is asked for but a reason.

    Raises
    ------
    EnerqisError
        If there is no such thing, the state is not lower, or the log does not hold.
    """
    with undisturbed(project):
        now = standing(read_log(project))
        record = find(now, word, most_of="state")
        key = Key(record.kind, record.name, record.identity)
        is_in_conflict = any(each.startswith(key.shown) for each in now.conflicts)
        if not (is_lower(to, record.state) or (is_in_conflict and to == record.state)):
            raise StageError(f"{key.shown} is {record.state}; {to} is not below it.")
        if not reason.strip():
            raise StageError("a demotion needs a reason: --reason TEXT.")
        facts = {
            "identity": record.identity,
            "from": record.state,
            "to": to,
            "reason": reason,
            "commit": git.head(project.root),
        }
        append(project, "demote", subject=f"{record.kind}/{record.name}", facts=facts, when=when)
        return bring_up_to_date(project).records[key]


def find(now: Standing, word: str, *, most_of: str = "") -> RegistryRecord:
    """Return the record that a word names: ``NAME`` of an experiment, ``KIND/NAME``, or either with ``@`` and an identity.

    Of several identities the one in the highest state is meant where `most_of` says so, else the one in the lowest: what
    was recorded last is what is promoted, what went furthest is what is demoted.

    Raises
    ------
    StageError
        If there is none, or more than one.
    """
    place, _, identity = word.partition("@")
    kind, slash, name = place.partition("/")
    kind, name = (kind, name) if slash else ("experiment", place)
    there = [each for each in now.named(kind, name) if each.identity.startswith(identity)]
    if not there:
        known = [f"{each.kind}/{each.name}" for each in now.records.values()]
        others = allowed_values(f"{kind}/{name}", sorted(set(known))) if known else " It is empty."
        raise StageError(
            f"'{word}' is not in the registry.{others} 'enerqis registry record' takes in what has results."
        )
    active = [each for each in there if each.state != "retired"] or there
    states = [STATES.index(each.state) for each in active]
    wanted = max(states) if most_of == "state" else min(states)
    chosen = [each for each, state in zip(active, states, strict=True) if state == wanted]
    if len(chosen) > 1:
        several = ", ".join(f"{kind}/{name}@{each.identity[:12]}" for each in chosen)
        raise StageError(f"'{word}' is {len(chosen)} identities that are {chosen[0].state}: {several}. Name one.")
    return chosen[0]


def _things(project: Project) -> Iterator[dict[str, Any]]:
    """Yield the datasets, strategies and experiments of the graph as they are recorded."""
    params = load_params(project)
    for name in params.datasets:
        yield _thing("dataset", name, _sound(project, placed(project, "ingest", name)))
    for name, entry in params.experiments.items():
        backtest = _sound(project, placed(project, "backtest", name))
        dataset = _thing("dataset", entry.dataset, placed(project, "ingest", entry.dataset))
        kind = backtest.receipt["spec"]["strategy"]["kind"]
        code = backtest.receipt["code"]
        module = next(f"{each}.{kind}" for each in STRATEGY_MODULES if f"{each}.{kind}" in code)
        strategy = {
            "kind": "strategy",
            "name": kind,
            "identity": code[module],
            "result_sha256": None,
            "rests_on": [],
        }
        yield strategy
        rests_on = sorted(str(Key(each["kind"], each["name"], each["identity"])) for each in (dataset, strategy))
        yield {**_thing("experiment", name, backtest), "rests_on": rests_on}


def _thing(kind: str, name: str, result: Result) -> dict[str, Any]:
    receipt = result.receipt
    return {
        "kind": kind,
        "name": name,
        "identity": receipt["stage_id"],
        "result_sha256": receipt["result_sha256"],
        "rests_on": [],
    }


def _sound(project: Project, result: Result) -> Result:
    """Return a result whose receipt is whole.

    Raises
    ------
    StageError
        If it is not.
    """
    faults = receipt_faults(project, result)
    if faults:
        raise StageError(f"{result.stage} {result.name}: {'; '.join(faults)}. See 'enerqis verify {result.name}'.")
    return result
