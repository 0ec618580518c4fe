"""Who may approve what, and who reviews which files: read out of the roadmap, where each step names its roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, get_args

from enerqis.core.roles import ROLES, Role
from enerqis.spec.approvers import Approvers
from enerqis.spec.roadmap import Right, Roadmap, RoadmapStep

RIGHTS: tuple[Right, ...] = get_args(Right)


class Reviewers(NamedTuple):
    """The roles that review a pattern of files: any one of them is enough.

    Parameters
    ----------
    pattern : str
        As the roadmap has it.
    roles : tuple of Role
    step : str
        Name of the step that they answer for.
    is_guarded : bool
        True where the approver of the step alone reviews.
    """

    pattern: str
    roles: tuple[Role, ...]
    step: str
    is_guarded: bool


def approval_rights(roadmap: Roadmap) -> dict[Right, tuple[Role, ...]]:
    """Return the roles that may approve, by what they approve; empty where no step grants it."""
    return {right: _approvers(roadmap, right) for right in RIGHTS}


def reviewers(roadmap: Roadmap) -> list[Reviewers]:
    """Return every pattern with its reviewers, a deeper one after one that holds it, as CODEOWNERS wants them."""
    found = [each for _, _, step in roadmap.steps() for each in _of_step(step)]
    return sorted(found, key=lambda each: (each.pattern != "*", each.pattern.rstrip("/").count("/"), each.pattern))


def _approvers(roadmap: Roadmap, right: Right) -> tuple[Role, ...]:
    held = {step.approver.role for _, _, step in roadmap.steps() if right in step.grants}
    return tuple(role for role in ROLES if role in held)


def _of_step(step: RoadmapStep) -> list[Reviewers]:
    both = (step.approver.role, step.responsible.role)
    owned = [Reviewers(pattern, both, step.name, is_guarded=False) for pattern in step.owns]
    guarded = [Reviewers(pattern, both[:1], step.name, is_guarded=True) for pattern in step.guards]
    return [*owned, *guarded]


def unlike_approvers(roadmap: Roadmap, approvers: Approvers) -> Iterator[str]:
    """Yield one sentence a right that the file of approvers gives to other roles than the roadmap."""
    granted = approval_rights(roadmap)
    rules = {"paper": approvers.edges.paper, "live": approvers.edges.live, "loosening": approvers.loosening}
    for right in RIGHTS:
        found, wanted = rules[right].roles, granted[right]
        if set(found) != set(wanted):
            where = right if right == "loosening" else f"edges.{right}"
            yield (
                f"{where}.roles: {', '.join(found)}. By the roadmap it has to be {', '.join(wanted) or 'nobody'}: "
                "mend it here, or the step that grants the right"
            )
