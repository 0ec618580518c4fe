"""Approvals: what is signed, and everything that must hold before a signed one counts for a promotion.

Pure but for reading and writing their files. The law: an approval is one person's word about one identity, one result, one
decision of the gates and one edge; it ends, it is used once, and a demotion after it makes it void.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from enerqis.core.errors import DataError
from enerqis.governance.loosening import RULES
from enerqis.governance.signing import PrivateKey, is_signed, sign
from enerqis.io.atomic import write_text
from enerqis.io.audit_file import Log
from enerqis.io.hashing import canonical, digest
from enerqis.io.project import Project
from enerqis.spec.approval import Approval, ApprovalTerms
from enerqis.spec.approvers import ApprovalRule, Approvers, Person
from enerqis.spec.audit_log import AuditEntry

FOLDER = Path(".cbr") / "approvals"
FORMAT = "enerqis/approval/1"
SIGNED_DOMAIN = b"enerqis/approval/1\0"
ID_DOMAIN = "enerqis/approval-id/1"
LIST_DOMAIN = "enerqis/approvers/1"
INSTANT = "%Y-%m-%dT%H:%M:%S%z"


@dataclass(frozen=True)
class Held:
    """An approval and what its file is called."""

    id: str
    approval: Approval


def signed(terms: ApprovalTerms, key: PrivateKey) -> Approval:
    """Return terms with the signature of a person's key."""
    return Approval(**terms.model_dump(), signature=sign(key, _message(terms)))


def id_of(approval: Approval) -> str:
    """Return the name of an approval: the hash of all that it says, its signature included."""
    return digest(ID_DOMAIN, approval.model_dump(mode="json"))


def write(project: Project, approval: Approval) -> str:
    """Write an approval to its file and return its id."""
    text = json.dumps(approval.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_text(project.root / FOLDER / f"{id_of(approval)}.json", text)
    return id_of(approval)


def read_all(project: Project) -> list[Held]:
    """Return every approval of the project, by the name of its file.

    Raises
    ------
    DataError
        If one cannot be read.
    """
    found = []
    for path in sorted((project.root / FOLDER).glob("*.json")):
        try:
            found.append(Held(path.stem, Approval.model_validate_json(path.read_text(encoding="utf-8"))))
        except (ValidationError, UnicodeDecodeError) as exc:
            raise DataError(f"{project.relative(path)}: not an approval. Take the file from git.") from exc
    return found


def forgeries(held: Held) -> Iterator[str]:
    """Yield why an approval is not what somebody signed."""
    terms = ApprovalTerms(**held.approval.model_dump(exclude={"signature"}))
    if id_of(held.approval) != held.id:
        yield "it was edited: its content is not what its file is named by"
    if not is_signed(_message(terms), signature=held.approval.signature, key=held.approval.key):
        yield "it was edited after it was signed: the signature is not of this text by this key"


@dataclass(frozen=True)
class Ground:
    """What approvals are held against for one promotion.

    Parameters
    ----------
    wanted : mapping
        Fields of the terms that must be as given: kind, name, run_id, result_sha256, gate_sha256, from_state, to_state.
    approvers : Approvers
    log : Log
    authors : mapping of address to str
        Why the owner of an address may not approve, such as ``wrote conf/risk/x.yaml``; addresses in lower case.
    planted : mapping of person to str
        Why what the file says of a person does not count, by the name in ``approvers.yaml``.
    now : datetime
    """

    wanted: Mapping[str, str]
    approvers: Approvers
    log: Log
    authors: Mapping[str, str]
    planted: Mapping[str, str]
    now: datetime


SHOWN = {
    "run_id": "run",
    "result_sha256": "result",
    "gate_sha256": "decision of the gates",
    "from_state": "state",
    "to_state": "target",
    "kind": "kind",
    "name": "name",
}


def objections(held: Held, ground: Ground, rules: Collection[ApprovalRule]) -> list[str]:
    """Return why an approval does not count; none where it does. Its roles must fit one of the rules."""
    approval = held.approval
    found = [*forgeries(held), *_others_word(approval, ground, rules)]
    for field, wanted in ground.wanted.items():
        said = str(getattr(approval, field))
        if said != wanted:
            found.append(f"it is for another {SHOWN[field]}: {said[:24]}, not {wanted[:24]}")
    found += _of_another_list(approval, ground)
    found += _untimely(approval, ground)
    return [*found, *_used(held, ground)]


def _others_word(approval: Approval, ground: Ground, rules: Collection[ApprovalRule]) -> Iterator[str]:
    """Yield why the person behind an approval has no say here."""
    person = person_of(approval, ground.approvers)
    if person is None:
        yield f"its key is not that of '{approval.approver}' in .cbr/approvers.yaml"
        return
    own = [ground.authors[email.lower()] for email in person.emails if email.lower() in ground.authors]
    if own:
        yield f"{person.name} {own[0]}, and the author cannot approve"
    if person.name in ground.planted:
        yield ground.planted[person.name]
    roles = sorted({role for rule in rules for role in rule.roles})
    if not set(roles) & set(person.roles):
        yield f"{person.name} is {', '.join(person.roles)}; this needs {' or '.join(roles)}"


def _of_another_list(approval: Approval, ground: Ground) -> Iterator[str]:
    """Yield where an approval lets a rule of the approvers become looser, and another list than the present was looked at."""
    is_about_it = any(each.startswith(RULES) for each in approval.loosens)
    if is_about_it and approval.approvers_sha256 != list_digest(ground.approvers):
        yield "it is for another list of approvers"


def list_digest(approvers: Approvers) -> str:
    """Return the hash of a list of approvers: of what it says, whatever its layout."""
    return digest(LIST_DOMAIN, approvers.model_dump(mode="json"))


def _untimely(approval: Approval, ground: Ground) -> Iterator[str]:
    issued, expires = at(approval.issued), at(approval.expires)
    if expires <= ground.now:
        yield f"it expired at {approval.expires}"
    if issued > ground.now:
        yield f"it was signed in the future, at {approval.issued}"
    if (expires - issued).total_seconds() > ground.approvers.max_valid_days * 86_400:
        yield f"it holds longer than {ground.approvers.max_valid_days} days, the most that .cbr/approvers.yaml allows"


def _used(held: Held, ground: Ground) -> Iterator[str]:
    """Yield where the log says that an approval is not known, was used, or became void."""
    entries = ground.log.in_order
    told = [link for link, entry in entries if entry.event == "approve" and entry.facts.get("approval") == held.id]
    if not told:
        yield "the audit log does not know it: 'enerqis approve' writes both"
    if any(entry.event == "promote" and held.id in entry.facts.get("approvals", ()) for _, entry in entries):
        yield "it was used for a promotion before; each promotion needs its own"
    before = [ground.log.leading_to(each) for each in told]
    later = [entry for link, entry in entries if any(link not in each for each in before)]
    yield from _outlived(held.approval, later)
    subject = f"{held.approval.kind}/{held.approval.name}"
    for entry in later:
        is_its = (entry.event, entry.subject) == ("demote", subject)
        if is_its and entry.facts.get("identity") == held.approval.run_id:
            yield f"it was given before the demotion of {entry.when}, which made it void"
            return


def _outlived(approval: Approval, later: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield where an entry that did not come before an approval is of an instant at which it had ended: clocks go back."""
    last = max((each.when for each in later), default="")
    if last >= approval.expires:
        yield f"it expired at {approval.expires}, and the audit log is at {last} already"


def person_of(approval: Approval, approvers: Approvers) -> Person | None:
    """Return who gave an approval; None where no person of that name has that key."""
    return next((each for each in approvers.people if (each.name, each.key) == (approval.approver, approval.key)), None)


def at(instant: str) -> datetime:
    """Return an instant of a governed file."""
    return datetime.strptime(instant, INSTANT)


def _message(terms: ApprovalTerms) -> bytes:
    return SIGNED_DOMAIN + canonical(terms.model_dump(mode="json"))
