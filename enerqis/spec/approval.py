"""``.cbr/approvals/ID.json``: one person's signed word that one run may go one step further."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.core.units import Sha256
from enerqis.spec.approvers import PublicKey
from enerqis.spec.audit_log import Instant
from enerqis.spec.base import Spec
from enerqis.spec.params import Stem
from enerqis.spec.registry import RecordKind, RecordName, State

Signature = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]
"""An Ed25519 signature, 64 bytes in base64."""


class ApprovalTerms(Spec):
    """What is signed."""

    format: Literal["enerqis/approval/1"] = Field(description="what this file is")
    kind: RecordKind = Field(description="what is approved")
    name: RecordName = Field(description="its name")
    run_id: Sha256 = Field(description="its identity: of an experiment the run id; for no other one does it hold")
    result_sha256: Sha256 = Field(description="hash of the result that was approved")
    gate_sha256: Sha256 = Field(description="hash of the gates' decision that was approved")
    from_state: State = Field(description="state that it is in")
    to_state: State = Field(description="state that it may enter")
    loosens: tuple[str, ...] = Field(
        (), description="limits, gates and rules that become looser and may; none unless named"
    )
    overrides: tuple[Stem, ...] = Field(
        (), description="gates of severity 'asks' that fail, and in spite of which it may go on; none unless named"
    )
    approvers_sha256: Sha256 | None = Field(
        None, description="hash of .cbr/approvers.yaml as it was; counts where `loosens` names a rule of that file"
    )
    approver: Stem = Field(description="name in .cbr/approvers.yaml")
    key: PublicKey = Field(description="the approver's public key")
    issued: Instant = Field(description="when it was signed")
    expires: Instant = Field(description="until when it can be used, and how long the state that rests on it holds")
    reason: str = Field(min_length=1, description="why, in the approver's words")


class Approval(ApprovalTerms):
    """An approval as its file holds it."""

    signature: Signature = Field(description="Ed25519, over the canonical JSON (RFC 8785) of everything above")
