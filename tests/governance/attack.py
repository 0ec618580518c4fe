"""What a way to cheat is, and what such ways have in common. The ways themselves stand beside this file."""

from collections.abc import Callable
from typing import NamedTuple

from enerqis.governance import approvals
from enerqis.governance.audit_log import append
from enerqis.governance.signing import load_key, public_text
from enerqis.spec.approval import ApprovalTerms
from tests.governance.desk import NAME, NOON, go


class Attack(NamedTuple):
    """One way to cheat: what is done, and what the refusal says of it."""

    way: str
    said: str
    attack: Callable[[object], object]


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def edited(place, old, new):
    """Return the attack that replaces a piece of text in one of the desk's files and promotes."""

    def attack(project):
        edit(project.root / place, old, new)
        return go(project)

    return attack


def bobs(project):
    return next(each for each in approvals.read_all(project) if each.approval.approver == "bob")


def file_of(project, held):
    return project.root / approvals.FOLDER / f"{held.id}.json"


def forge(project, *, key_of, **changes):
    """Put an approval like Bob's in the place of his, signed by somebody's key, with the entry that `approve` would write."""
    held = bobs(project)
    key = load_key(project.root.parent / "keys" / f"{key_of}.pem", outside=project.root)
    terms = {**held.approval.model_dump(exclude={"signature"}), "key": public_text(key), **changes}
    file_of(project, held).unlink()
    forged = approvals.signed(ApprovalTerms(**terms), key)
    facts = {"approval": approvals.write(project, forged), "identity": forged.run_id, "to": forged.to_state}
    append(project, "approve", subject=f"experiment/{NAME}", facts=facts, when=NOON)
