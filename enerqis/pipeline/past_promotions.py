"""Promotions that the log holds, held again against the rules that `promote` decided by: an entry may be written by hand.

Each is held against the log that led to it and the list of approvers of the commit that it names; where this history does not
have that commit, of the present one. Who wrote the experiment is known as long as its run lies in ``data/``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from enerqis.compose.governed_yaml import APPROVERS_FILE, approvers_in, load_approvers
from enerqis.core.errors import DataError, EnerqisError
from enerqis.governance import approvals
from enerqis.governance.approvals import Ground, Held
from enerqis.governance.needs import needs_of
from enerqis.governance.promoted import log_of_decision, told_approvers
from enerqis.governance.registry import Key, standing
from enerqis.governance.states import SIGNED, edges_up_to
from enerqis.io import git
from enerqis.io.audit_file import Log
from enerqis.io.project import Project
from enerqis.pipeline import authorship
from enerqis.pipeline.carrying import carried
from enerqis.pipeline.freshness import stale
from enerqis.pipeline.results import placed
from enerqis.pipeline.telling import decided
from enerqis.spec.approvers import Approvers
from enerqis.spec.audit_log import AuditEntry
from enerqis.spec.registry import RegistryRecord

COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
CARRIED = ("carried_by", "approvals", "expires", "replaces")
"""Facts of a carried promotion that follow from the experiment."""


@dataclass(frozen=True)
class _Past:
    """One promotion: its entry, the log by which it was decided and the log that led to it, and the record that it moves."""

    entry: AuditEntry
    decided_by: Log
    earlier: Log
    record: RegistryRecord


def promotion_faults(project: Project, log: Log) -> Iterator[str]:
    """Yield promotions that `promote` would have refused, as far as that can be told afterwards."""
    try:
        held = {each.id: each for each in approvals.read_all(project)}
    except DataError as exc:
        yield str(exc)
        return
    for link, entry in log.in_order:
        if entry.event != "promote" or not (
            entry.facts.get("to") in SIGNED or entry.facts.get("loosens") or entry.facts.get("overrides")
        ):
            continue
        earlier = log.before(link)
        kind, _, name = entry.subject.partition("/")
        record = standing(earlier).records.get(Key(kind, name, str(entry.facts.get("identity"))))
        shown = f"the promotion of {entry.subject} to {entry.facts.get('to')} (entry {link[:12]})"
        if record is not None:  # else the registry says what is wrong with it
            past = _Past(entry, log_of_decision(log, link), earlier, record)
            found = _own(project, past, held) if kind == "experiment" else _carried(past)
            yield from (f"{shown} {each}" for each in found)


def _own(project: Project, past: _Past, held: Mapping[str, Held]) -> Iterator[str]:
    """Yield what is wrong with the promotion of an experiment."""
    facts = past.entry.facts
    named = [str(each) for each in facts.get("approvals") or ()]
    if not named:
        yield "names no approval"
        return
    commit = _commit_of(project, past)
    later = git.later_commits(project.root, commit) if commit else frozenset[str]()
    if any(each.facts.get("commit") in later for each in past.earlier.entries):
        yield f"names commit {commit[:12]}, older than that of an entry before it"
    try:
        approvers = _approvers(project, commit)
    except EnerqisError as exc:
        yield f"rests on approvers that cannot be read: {exc}"
        return
    if approvers is None:
        yield f"rests on approvals, and there was no {APPROVERS_FILE.as_posix()}"
        return
    needs = needs_of(
        facts["to"],
        looser=[str(each) for each in facts.get("loosens") or ()],
        overrides=[str(each) for each in facts.get("overrides") or ()],
        approvers=approvers,
        told=told_approvers(past.decided_by),
    )
    ground = _ground(project, past, approvers, later)
    counted = []
    for each in named:
        if each not in held:
            yield f"rests on approval {each[:12]}, which is not in {approvals.FOLDER.as_posix()}"
            continue
        against = approvals.objections(held[each], ground, [need.rule for need in needs])
        yield from (f"rests on approval {each[:12]}: {why}" for why in against)
        if not against:
            counted.append(held[each])
    yield from (f"has too few approvals: {lack}" for need in needs for lack in need.lacks(counted))
    yield from _gates(project, past)


def _gates(project: Project, past: _Past) -> Iterator[str]:
    """Yield where the log does not tell how the gates decided for a promotion, or tells of one that let nothing through."""
    facts = past.entry.facts
    own = {key: facts.get(key) for key in ("identity", "gate_sha256")}
    told = [
        each.facts for _, each in past.earlier.in_order if each.event == "gates" and own.items() <= each.facts.items()
    ]
    if not told:
        yield "rests on a decision of the gates that the log does not tell"
        return
    decisions, way = told[-1]["decisions"], set(edges_up_to(facts["to"]))
    overridden = {str(each).partition(":")[0] for each in facts.get("overrides") or ()}
    for each in decisions:
        is_let_through = each["severity"] == "warns" or (each["severity"] == "asks" and each["name"] in overridden)
        if not (each["is_passed"] or is_let_through) and way & set(each["edges"]):
            yield f"was refused by gate {each['name']}, which {each['severity']}: it found {each['found']}"
    placed_here = _placed_gate(project, past.record.name)
    if placed_here.get("receipt", {}).get("result_sha256") == own["gate_sha256"] and decided(placed_here) != decisions:
        yield f"tells the gates otherwise than data/gate/{past.record.name}.json"


def _placed_gate(project: Project, name: str) -> Mapping[str, Any]:
    """Return what the stage `gate` wrote; empty where nothing of it is here any more."""
    try:
        content: dict[str, Any] = json.loads(
            placed(project, "gate", name).path("gate.json").read_text(encoding="utf-8")
        )
    except (EnerqisError, OSError, ValueError, KeyError):
        return {}
    return content


def _ground(project: Project, past: _Past, approvers: Approvers, later: frozenset[str]) -> Ground:
    """Return what the approvals of a promotion were held against."""
    facts, record = past.entry.facts, past.record
    return Ground(
        wanted={
            "kind": record.kind,
            "name": record.name,
            "run_id": record.identity,
            "result_sha256": str(record.result_sha256),
            "gate_sha256": str(facts.get("gate_sha256")),
            "from_state": record.state,
            "to_state": str(facts["to"]),
        },
        approvers=approvers,
        log=past.earlier,
        authors=_authors(project, past, later),
        planted={},
        now=approvals.at(past.entry.when),
    )


def _authors(project: Project, past: _Past, later: frozenset[str]) -> Mapping[str, str]:
    """Return why authors could not approve; nothing where the promoted run is not what the project's files say now."""
    name = past.record.name
    try:
        if placed(project, "backtest", name).receipt["stage_id"] != past.record.identity or any(stale(project, name)):
            return {}
        files = authorship.files_of(project, name)
    except (EnerqisError, KeyError):
        return {}
    return authorship.authors(project, files, later=later)


def _commit_of(project: Project, past: _Past) -> str:
    """Return the commit that a promotion names; empty where this history does not have it."""
    commit = str(past.entry.facts.get("commit"))
    return commit if COMMIT.fullmatch(commit) and git.holds(project.root, commit) else ""


def _approvers(project: Project, commit: str) -> Approvers | None:
    """Return the list of approvers of a commit, of none that of the present one; as it lies there where git keeps nothing."""
    commit = commit or git.head(project.root)
    if not commit:
        return load_approvers(project)
    text = git.text_at(project.root, commit, APPROVERS_FILE)
    return approvers_in(project, text) if text else None


def _carried(past: _Past) -> Iterator[str]:
    """Yield where a promotion says otherwise than the experiment that carried it."""
    facts = past.entry.facts
    try:
        wanted = carried(standing(past.earlier), past.record, facts["to"], when=approvals.at(past.entry.when))
    except EnerqisError as exc:
        yield f"was carried by nothing: {exc}"
        return
    for field in CARRIED:
        if facts.get(field) != wanted[field]:
            yield f"says otherwise than the experiment that carries it: {field} {facts.get(field)}, not {wanted[field]}"
