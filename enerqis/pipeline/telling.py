"""What the audit log is told of a promotion: everything that it rests on, in the order in which the entries stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from enerqis.compose.gates import GATES_FILE
from enerqis.compose.governed_yaml import APPROVERS_FILE
from enerqis.governance.audit_log import Note
from enerqis.governance.promoted import last_facts
from enerqis.governance.registry import Standing, standing
from enerqis.governance.states import SIGNED, edges_up_to
from enerqis.io import git
from enerqis.io.audit_file import Log
from enerqis.io.project import Project
from enerqis.pipeline.carrying import replaced
from enerqis.pipeline.case import Approved, Case, step_of
from enerqis.spec.audit_log import Event

DECIDED = ("name", "severity", "edges", "found", "threshold", "is_passed")
"""What the log says of how a gate decided."""


def notes_of(project: Project, case: Case, counted: Approved, log: Log) -> Iterator[Note]:
    """Yield what the log is to say: gates and rules that it does not know so, decisions, overrides, the promotion."""
    rules: list[tuple[Event, Path, Mapping[str, Any]]] = [("thresholds", GATES_FILE, case.thresholds)]
    if case.approvers is not None and git.is_settled(project.root, project.root / APPROVERS_FILE):
        rules.append(("approvers", APPROVERS_FILE, case.approvers.model_dump(mode="json")))
    for event, file, content in rules:
        known = last_facts(log, event)
        if len(known) != 1 or known[0] != content:
            yield Note(event, file.as_posix(), content)
    subject, about = f"experiment/{case.record.name}", {"identity": case.record.identity, "edge": step_of(case)}
    decisions = {each["name"]: each for each in decided(case.gate)}
    gate_sha256 = case.gate["receipt"]["result_sha256"]
    yield Note("gates", subject, {**about, "gate_sha256": gate_sha256, "decisions": list(decisions.values())})
    for name in (each.partition(":")[0] for each in case.overrides):
        said = sorted(each.id for each in counted.held if name in each.approval.overrides)
        yield Note("override", subject, {**about, **decisions[name], "approvals": said})
    yield Note("promote", subject, _facts(project, case, counted, standing(log)))


def decided(gate: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the log says of a decision of the gates, as the stage `gate` wrote it."""
    return [{key: each[key] for key in DECIDED} for each in gate["gates"]]


def _facts(project: Project, case: Case, counted: Approved, now: Standing) -> dict[str, Any]:
    """Return what the log says of a promotion: all that it rests on."""
    expires = min((each.approval.expires for each in counted.held), default=None)
    steps = edges_up_to(case.to)
    passed = {each["name"] for each in case.gate["gates"] if each["is_passed"] and set(steps) & set(each["edges"])}
    return {
        "identity": case.record.identity,
        "result_sha256": case.record.result_sha256,
        "from": case.record.state,
        "to": case.to,
        "gates": sorted(passed),
        "gate_sha256": case.gate["receipt"]["result_sha256"],
        "gates_sha256": case.gate["gates_sha256"],
        "trials_count": case.gate["trials_count"],
        "approvals": sorted(each.id for each in counted.held),
        "expires": expires if case.to in SIGNED else None,
        "loosens": [str(each) for each in case.looser],
        "overrides": list(case.overrides),
        "limits": case.limits,
        "trail": case.backtest["audit"],
        "commit": git.head(project.root),
        "replaces": replaced(now, case.record, case.to),
    }
