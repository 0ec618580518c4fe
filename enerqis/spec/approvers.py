"""``.cbr/approvers.yaml``: who may approve which edge, and the public key by which their approval is known."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from enerqis.core.roles import Role
from enerqis.spec.base import Spec
from enerqis.spec.params import Stem

PublicKey = Annotated[str, Field(pattern=r"^ed25519:[A-Za-z0-9+/]{43}=$")]
"""An Ed25519 public key, 32 bytes in base64."""

Email = Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")]


class Person(Spec):
    """One person who may approve."""

    name: Stem = Field(description="how approvals name the person")
    emails: tuple[Email, ...] = Field(min_length=1, description="every address that the person's commits carry")
    roles: tuple[Role, ...] = Field(min_length=1, description="what the person answers for")
    key: PublicKey = Field(
        description="public key, as 'enerqis keys new' prints it; the private one stays with the person"
    )


class ApprovalRule(Spec):
    """What an approval needs."""

    approvals: int = Field(1, ge=1, le=9, description="how many people must approve")
    roles: tuple[Role, ...] = Field(min_length=1, description="roles of whom each of them must have one")


class EdgeRules(Spec):
    """The states that nothing enters without a signed approval."""

    paper: ApprovalRule = Field(description="from sandbox to paper")
    live: ApprovalRule = Field(description="from paper to live")


class Approvers(Spec):
    """The whole of ``.cbr/approvers.yaml``."""

    max_valid_days: int = Field(30, ge=1, le=366, description="longest time that an approval may hold")
    edges: EdgeRules = Field(description="who approves a promotion")
    loosening: ApprovalRule = Field(
        description="who approves a looser limit or gate, on any edge; one approval may say both"
    )
    people: tuple[Person, ...] = Field((), description="those who may approve; nobody until somebody is named")

    @model_validator(mode="after")
    def _check(self) -> Self:
        for what, found in (
            ("name", [each.name for each in self.people]),
            ("key", [each.key for each in self.people]),
            ("address", [email.lower() for each in self.people for email in each.emails]),
        ):
            doubled = sorted({each for each in found if found.count(each) > 1})
            if doubled:
                raise ValueError(f"two people have one {what}: {', '.join(doubled)}")
        return self
