"""What people have to approve for a promotion: entering a signed state, what becomes looser, each gate that is overridden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from enerqis.governance.approvals import Held, person_of
from enerqis.governance.loosening import RULES
from enerqis.governance.states import SIGNED
from enerqis.spec.approval import Approval
from enerqis.spec.approvers import ApprovalRule, Approvers
from enerqis.spec.registry import State


class Need(NamedTuple):
    """One thing that has to be approved.

    Parameters
    ----------
    way : {"enter", "loosen", "override"}
    name : str
        What an approval has to name: a state; a limit, a gate or a rule; a gate.
    shown : str
        What it is, for people.
    rule : ApprovalRule
        How many people must approve it, and in which roles.
    approvers : Approvers
        The list that says who has which role.
    """

    way: Literal["enter", "loosen", "override"]
    name: str
    shown: str
    rule: ApprovalRule
    approvers: Approvers

    def is_said_by(self, approval: Approval) -> bool:
        """Return whether an approval says this, whoever gave it."""
        named = {"enter": (approval.to_state,), "loosen": approval.loosens, "override": approval.overrides}
        return self.name in named[self.way]

    def is_met_by(self, approval: Approval) -> bool:
        """Return whether an approval that counts says this, by somebody who may."""
        person = person_of(approval, self.approvers)
        return person is not None and bool(set(self.rule.roles) & set(person.roles)) and self.is_said_by(approval)

    def lacks(self, counted: Iterable[Held]) -> Iterator[str]:
        """Yield that too few people approve it, where it is so."""
        people = {each.approval.approver for each in counted if self.is_met_by(each.approval)}
        if len(people) < self.rule.approvals:
            plural = "s" if self.rule.approvals > 1 else ""
            flag = {"enter": "", "loosen": ", with '--loosens {}'", "override": ", with '--overrides {}'"}[self.way]
            yield (
                f"{self.shown} needs {self.rule.approvals} approval{plural} by {' or '.join(self.rule.roles)}"
                f"{flag.format(self.name)}; it has {len(people)}"
            )


def needs_of(
    to: State, *, looser: Iterable[str], overrides: Iterable[str], approvers: Approvers, told: Sequence[Approvers] = ()
) -> list[Need]:
    """Return what a promotion to a state needs.

    Parameters
    ----------
    to : State
    looser, overrides : iterable of str
        ``NAME: TEXT``, of what becomes looser and of the gates that fail and ask.
    approvers : Approvers
        The list as it stands.
    told : sequence of Approvers
        The lists that the log was told last. Who may loosen a rule of the list is what they say, not what it would say.
    """
    found = []
    if to in SIGNED:
        found.append(Need("enter", to, f"entering {to}", getattr(approvers.edges, to), approvers))
    for each in looser:
        name = each.partition(":")[0]
        lists = told or [approvers] if name.startswith(RULES) else [approvers]
        found += [Need("loosen", name, f"a looser {each}", one.loosening, one) for one in lists]
    for each in overrides:
        name = each.partition(":")[0]
        found.append(Need("override", name, f"overriding gate {each}", approvers.loosening, approvers))
    return found
