"""The header of a governed document: who stamped it, of which kind it is, and the hash of what it stands above."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.core.units import Sha256
from enerqis.spec.base import Spec

BEGIN, END = "# ERQ-META-BEGIN", "# ERQ-META-END"
"""The first and the last of the three lines of a header, in YAML and in Markdown alike."""

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A name in lower case, such as a kind of document."""

TreeLink = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]+(/[A-Za-z0-9_.\-]+)+$")]
"""A path that begins with the name of the Global Database's root folder."""

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
UtcSecond = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]
Prefixed = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Canonicalization(Spec):
    """How a text becomes the bytes that are hashed."""

    encoding: Literal["utf-8"] = Field("utf-8", description="encoding of the bytes, without a byte order mark")
    newline: Literal["LF"] = Field("LF", description="line ends")
    sort_keys: Literal[True] = Field(True, description="keys of the JSON line are sorted")


class GovernanceLinks(Spec):
    """Where the rules stand that the document is governed by."""

    acceptance_gates: TreeLink = Field(description="the gates")
    audit_log: TreeLink = Field(description="the record of decisions")
    registry: TreeLink = Field(description="the register of what may go further")


class Integrity(Spec):
    """The hash of the payload."""

    algo: Literal["sha256"] = Field("sha256", description="hash function")
    canonical_scope: Literal["payload"] = Field("payload", description="what is hashed")
    value: Sha256 = Field(description="hash of the canonical payload")


class Provenance(Spec):
    """Who stamped the document, when and with what."""

    build_id: Uuid = Field(description="id of the stamping; of version 5 where it follows from the rest of the header")
    builder: str = Field(min_length=1, max_length=100, description="program and version")
    built_at: UtcSecond = Field(description="when it was stamped, UTC, to the second")
    tools: dict[str, str] = Field(description="version by tool")


class Header(Spec):
    """The JSON line between ``# ERQ-META-BEGIN`` and ``# ERQ-META-END``."""

    canonicalization: Canonicalization = Field(
        default_factory=Canonicalization, description="the bytes that are hashed"
    )
    doc_type: Word = Field(description="kind of document")
    governance_links: GovernanceLinks = Field(description="paths of the Global Database")
    integrity: Integrity = Field(description="hash of the payload")
    provenance: Provenance = Field(description="who stamped it")
    source_baseline_hash: Prefixed = Field(description="the frozen tree that stood when it was stamped")
    spec_version: Literal["2.0"] = Field("2.0", description="version of this form")
