"""Promoting: one step further, where everything that it rests on holds; and the approval of a person for such a step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from enerqis.core.clock import utc_now
from enerqis.core.errors import StageError
from enerqis.governance import approvals
from enerqis.governance.audit_log import Note, append, append_all, instant, read_log, undisturbed
from enerqis.governance.registry import key_of, standing
from enerqis.governance.signing import load_key, public_text
from enerqis.governance.states import SIGNED, edge, next_state
from enerqis.io import git
from enerqis.io.audit_file import Log
from enerqis.io.locks import exclusive
from enerqis.io.project import Project
from enerqis.pipeline.auditing import refuse_damaged
from enerqis.pipeline.carrying import carried
from enerqis.pipeline.case import Approved, Case, approved, case_of, ground_of, objections, step_of
from enerqis.pipeline.lookup import results_of
from enerqis.pipeline.registering import bring_up_to_date, find
from enerqis.pipeline.telling import notes_of
from enerqis.pipeline.verifying import verify
from enerqis.spec.approval import ApprovalTerms
from enerqis.spec.registry import RegistryRecord, State

CHEAP = ("report", "gate")
"""Stages that are computed again for every promotion."""
MOST_DAYS = 366
"""More than `max_valid_days` of ``.cbr/approvers.yaml`` may say."""


class Given(NamedTuple):
    """An approval that was given: its id, what it says, and what spoke against the promotion at that moment."""

    id: str
    terms: ApprovalTerms
    open: tuple[str, ...]


def promote(
    project: Project, word: str, *, to: State | None = None, say: Callable[[str], None], when: datetime | None = None
) -> RegistryRecord:
    """Let one thing of the registry go one step further, or say everything that stands against it and change nothing.

    An experiment needs its gates, and for paper and live approvals; figures and gates are computed again from the placed
    results, and for paper and live every result is. A strategy, a dataset or a package goes as far as an experiment that
    rests on it, or on which it rests, has gone.

    Raises
    ------
    StageError
        With every objection; or if the log grew while this was decided, such as by a demotion or another promotion.
    """
    moment = when or utc_now()
    meant = _meaning(read_log(project), word)
    with exclusive(project.locks / "promotion.lock", on_wait=say):
        with undisturbed(project, on_wait=say):
            refuse_damaged(project)
            log = read_log(project)
        now = standing(log)
        record = find(now, word)
        shown = key_of(record).shown
        if _meaning(log, word) != meant:
            raise StageError(
                f"{shown} is {record.state} since this waited; before, {meant or 'it was not there'}. Decide anew."
            )
        after = next_state(record.state, what=shown)
        if to is not None and to != after:
            raise StageError(
                f"{shown} is {record.state}: the next step is {after}, not {to}. A promotion goes one step."
            )
        case = case_of(project, record, log, after) if record.kind == "experiment" else None
        if case is None:
            notes = [Note("promote", f"{record.kind}/{record.name}", carried(now, record, after, when=moment))]
        else:
            counted = _decided(project, case, log, say=say, when=moment)
            notes = list(notes_of(project, case, counted, log))
        with undisturbed(project, since=log, on_wait=say):
            append_all(project, notes, when=moment)
            return bring_up_to_date(project).records[key_of(record)]


def _meaning(log: Log, word: str) -> str:
    """Return what a word means by a log, and the state that it is in; empty where the log does not say."""
    try:
        record = find(standing(log), word)
    except StageError:
        return ""
    return f"{key_of(record).shown} was {record.state}"


def _decided(project: Project, case: Case, log: Log, *, say: Callable[[str], None], when: datetime) -> Approved:
    """Return the approvals that the promotion of an experiment rests on.

    Raises
    ------
    StageError
        With everything that stands against it.
    """
    counted = approved(project, case, log, now=when)
    against = [*objections(project, case), *counted.missing]
    if not against:
        against = _recomputed(project, case, say)
    if against:
        raise StageError(_refusal(key_of(case.record).shown, case, against))
    return counted


def approve(
    project: Project,
    word: str,
    *,
    to: State,
    approver: str,
    key_file: Path,
    reason: str,
    days: int,
    loosens: tuple[str, ...] = (),
    overrides: tuple[str, ...] = (),
    when: datetime | None = None,
) -> Given:
    """Sign that one run may go one step further, write the approval, and tell the audit log.

    Raises
    ------
    EnerqisError
        If this person's word would not count, or the key is not theirs. What else speaks against the promotion is returned:
        the gates may pass later only for another run, whose approval this is not.
    """
    if not 1 <= days <= MOST_DAYS:
        raise StageError(f"--days {days}: an approval holds from 1 to {MOST_DAYS} days.")
    moment = when or utc_now()
    with undisturbed(project):
        refuse_damaged(project)
        log = read_log(project)
    record = find(standing(log), word)
    shown = key_of(record).shown
    if record.kind != "experiment":
        raise StageError(f"{shown}: only experiments are approved; a {record.kind} goes as far as its experiments.")
    if to != next_state(record.state, what=shown):
        raise StageError(
            f"{shown} is {record.state}: the next step is {next_state(record.state, what=shown)}, not {to}."
        )
    case = case_of(project, record, log, to)
    key = load_key(key_file, outside=git.top_folder(project.root))
    terms = ApprovalTerms.model_validate(
        {
            "format": approvals.FORMAT,
            **case.wanted,
            "loosens": tuple(sorted(set(loosens))),
            "overrides": tuple(sorted(set(overrides))),
            "approvers_sha256": approvals.list_digest(case.approvers) if case.approvers else None,
            "approver": approver,
            "key": public_text(key),
            "issued": instant(moment),
            "expires": instant(moment + timedelta(days=days)),
            "reason": reason,
        }
    )
    approval = approvals.signed(terms, key)
    held = approvals.Held(approvals.id_of(approval), approval)
    against = _own_objections(project, case, held, log, moment)
    if against:
        raise StageError(f"{shown}: this approval would not count:\n" + "\n".join(f"- {each}" for each in against))
    facts = {
        "approval": held.id,
        "identity": record.identity,
        "to": to,
        "approver": approver,
        "loosens": list(terms.loosens),
        "overrides": list(terms.overrides),
    }
    with undisturbed(project, since=log):
        approvals.write(project, approval)
        append(project, "approve", subject=f"experiment/{record.name}", facts=facts, when=moment)
    return Given(held.id, terms, tuple(objections(project, case)))


def _own_objections(project: Project, case: Case, held: approvals.Held, log: Log, moment: datetime) -> list[str]:
    """Return why an approval that was just signed would not count, that the log does not know it yet left aside."""
    approvers = case.approvers
    if approvers is None:
        return [".cbr/approvers.yaml: missing, so nobody can approve"]
    needs = case.needs(approvers)
    unknown = sorted(set(held.approval.loosens) - {each.name for each in case.looser})
    found = [f"'{each}' does not become looser" for each in unknown]
    asked = {each.partition(":")[0] for each in case.overrides}
    found += [
        f"{need.shown} is for {' or '.join(need.rule.roles)}: '{held.approval.approver}' cannot say so"
        for need in needs
        if need.way != "enter" and need.is_said_by(held.approval) and not need.is_met_by(held.approval)
    ]
    found += [
        f"gate '{each}' does not fail, or its severity is not 'asks': it cannot be overridden"
        for each in sorted(set(held.approval.overrides) - asked)
    ]
    if not needs:
        return [*found, f"{step_of(case)} needs no approval"]
    ground, unseen = ground_of(project, case, log, approvers, now=moment)
    against = approvals.objections(held, ground, [each.rule for each in needs])
    return [*found, *unseen, *(each for each in against if "the audit log does not know it" not in each)]


def _recomputed(project: Project, case: Case, say: Callable[[str], None]) -> list[str]:
    """Return where computing again gives something else than the placed results."""
    found = []
    for result in results_of(project, case.record.name):
        if case.to in SIGNED or result.stage in CHEAP:
            say(f"computing {result.stage} {result.name} again")
            verdict = verify(project, result, say=say)
            if not verdict.is_proven:
                found.append(f"{result.stage} {result.name}: {verdict.outcome}: {'; '.join(verdict.faults)}")
    return found


def _refusal(shown: str, case: Case, against: list[str]) -> str:
    lines = "\n".join(f"- {each}." for each in dict.fromkeys(each.rstrip(". ") for each in against))
    return f"{shown} is not promoted, {edge(case.record.state, case.to)}:\n{lines}"
