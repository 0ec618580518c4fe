"""``.cbr/audit_log.json``: what was decided, by whom and when, one entry a line, each naming the one before by its hash."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from enerqis.core.units import Sha256
from enerqis.spec.base import Spec

Instant = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
"""An instant in UTC, to the second: ``2026-03-31T14:05:00Z``."""

Event = Literal[
    "record",
    "thresholds",
    "approvers",
    "gates",
    "promote",
    "approve",
    "demote",
    "package",
    "override",
    "merge",
    "baseline",
    "rotate",
]
"""What happened: something entered the registry; the thresholds of the gates, or the rules of approval, as they now stand;
gates were decided for a promotion; a promotion, an approval, a demotion; a package was built; a gate that failed was overridden
for one promotion; two branches of the log met; a baseline of the Global Database was frozen; a secret was rotated."""


class AuditEntry(Spec):
    """One entry."""

    after: tuple[Sha256, ...] = Field(
        description="hashes of the entries that were the last ones; two where branches met, none in the first entry"
    )
    event: Event = Field(description="what happened")
    facts: dict[str, Any] = Field(default_factory=dict, description="what it rests on: hashes, figures, names")
    subject: str = Field(description="what it is about: KIND/NAME, or a governed file")
    when: Instant = Field(description="by the clock of the machine that wrote it")
    who: str = Field(min_length=1, description="as git names the person: NAME <EMAIL>")


class AuditHead(Spec):
    """The end of the log as it was last written: none of its entries may be missing."""

    entries: int = Field(ge=1, description="how many entries lead to it, itself included")
    head: Sha256 = Field(description="hash of the last entry")


class AuditFile(Spec):
    """The whole file; ``null`` ends the list, so that every line before ends with a comma and git can join two lists."""

    format: Literal["enerqis/audit-log/1"] = Field(description="what this file is")
    entries: tuple[AuditEntry | AuditHead | None, ...] = Field(
        description="one a line, in the order in which they were written, then the head, then null"
    )
