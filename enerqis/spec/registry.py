"""``.cbr/registry.json``: how far each strategy, dataset, experiment, model and package has gone, and what that rests on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.core.units import Sha256
from enerqis.spec.audit_log import Instant
from enerqis.spec.base import Spec

RecordKind = Literal["strategy", "dataset", "experiment", "model", "package"]
State = Literal["research", "candidate", "sandbox", "paper", "live", "retired"]
"""Each allows what the one before does not: sandbox sees live or replayed data and records decisions, paper trades without
money, live with it. Retired is the end."""

RecordName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,127}$")]
"""Name of an experiment, a dataset, a kind of strategy, a model or a package's file."""


class RegistryRecord(Spec):
    """One thing of one identity, and the state it is in."""

    kind: RecordKind = Field(description="what it is")
    name: RecordName = Field(description="its name; several identities may share one")
    identity: Sha256 = Field(
        description="experiment: run id; dataset: stage id of ingest; strategy: hash of its code; package: its sha256"
    )
    result_sha256: Sha256 | None = Field(None, description="hash of its result; null where it has none of its own")
    state: State = Field(description="how far it may go")
    rests_on: tuple[str, ...] = Field((), description="KIND/NAME@IDENTITY of the records that it was made of")
    gates: tuple[str, ...] = Field((), description="names of the gates that it passed on the way to its state")
    overrides: tuple[str, ...] = Field((), description="names of the gates that failed and were overridden on that way")
    approvals: tuple[Sha256, ...] = Field((), description="approvals that its state rests on, .cbr/approvals/ID.json")
    expires: Instant | None = Field(None, description="when the first of these approvals ends; null = it does not")
    entry: Sha256 = Field(description="entry of .cbr/audit_log.json that put it there")


class RegistryBaseline(Spec):
    """A Global Database as it was frozen; see docs/globaldb.md."""

    baseline: str = Field(pattern=r"^sha256:[0-9a-f]{64}$", description="hash over all its files")
    files: int = Field(ge=1, description="how many there were")
    entry: Sha256 = Field(description="entry of .cbr/audit_log.json that says when, and who did it")


class Registry(Spec):
    """The whole file; ``null`` ends the list, so that every line before ends with a comma and git can join two lists."""

    format: Literal["enerqis/registry/1"] = Field(description="what this file is")
    records: tuple[RegistryRecord | RegistryBaseline | None, ...] = Field(
        description="one a line, sorted by kind, name and identity; then frozen trees, the first one first"
    )
