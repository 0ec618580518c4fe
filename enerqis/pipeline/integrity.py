"""What lies on the disk held against its receipt: nothing is computed again, so a forgery that is whole in itself passes.

`enerqis.pipeline.verifying` computes again and finds that too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from enerqis.compose.differences import spec_changes
from enerqis.compose.digests import code_digest
from enerqis.compose.environment import environment_digest
from enerqis.compose.refreezing import refreeze
from enerqis.core.errors import EnerqisError
from enerqis.io.chain import Head
from enerqis.io.jsonlines import audit_faults
from enerqis.io.project import Project
from enerqis.pipeline import receipts
from enerqis.pipeline.resolved import slice_place
from enerqis.pipeline.results import Result

KEYS = (
    "schema",
    "stage",
    "stage_id",
    "identity",
    "result_sha256",
    "outputs",
    "facts",
    "spec",
    "not_pinned",
    "code",
    "environment",
    "requirements_sha256",
)
"""What every receipt holds."""

AUDIT_FILE = "audit.jsonl"


def faults(project: Project, result: Result) -> list[str]:
    """Return what is not as it was written: receipt, outputs, audit trail, slice; one sentence a finding."""
    found = [f"{receipts.RECEIPT_FILE}: {each}" for each in receipt_faults(project, result)]
    if any("lacks" in each for each in found):
        return found
    return [*found, *output_faults(result), *trail_faults(result), *slice_faults(project, result)]


def receipt_faults(project: Project, result: Result) -> list[str]:
    """Return what in a receipt does not fit the rest of it."""
    found = own_faults(result)
    return found if any("lacks" in each for each in found) else [*found, *_spec(project, result.receipt)]


def own_faults(result: Result) -> list[str]:
    """Return what in a receipt does not fit the rest of it, as far as hashes alone can tell: its spec is not frozen again."""
    missing = [key for key in KEYS if key not in result.receipt]
    if missing:
        return [f"lacks {', '.join(missing)}"]
    return [*_inside(result.receipt, result.module.result_digest), *_copies(result)]


def _inside(receipt: Mapping[str, Any], result_digest: Any) -> Iterator[str]:
    """Yield the hashes that are not those of what stands beside them."""
    components = receipt["identity"]
    if receipt["schema"] != receipts.RECEIPT_SCHEMA:
        yield f"schema is {receipt['schema']!r}, this version of ENERQIS writes {receipts.RECEIPT_SCHEMA!r}"
    if receipt["stage_id"] != receipts.stage_id(receipt["stage"], components):
        yield "stage_id is not the hash of the identity beside it"
    if code_digest(receipt["code"]) != components["code"]:
        yield "code: the modules are not those whose hash the identity holds"
    if environment_digest(receipt["environment"]) != components["environment"]:
        yield "environment: the versions are not those whose hash the identity holds"
    if receipt["spec"].get("seed") != components["seed"]:
        yield "spec: the seed is not that of the identity"
    if receipt["result_sha256"] != result_digest(receipt["outputs"]):
        yield "result_sha256 is not the hash of the outputs beside it"


def _spec(project: Project, receipt: Mapping[str, Any]) -> Iterator[str]:
    """Yield where the spec is not the one whose hash the identity holds; other code may read a spec differently."""
    try:
        again = refreeze(project, receipt["stage"], receipt["spec"])
    except EnerqisError as exc:
        yield f"spec: {exc}"
        return
    if again.code != receipt["code"]:
        return
    if again.document.spec_sha256 != receipt["identity"]["config"]:
        yield "spec: not the one whose hash identity.config is"
    if again.document.engine_sha256 != receipt["identity"]["engine"]:
        yield "spec: execution is not the one whose hash identity.engine is"


def _copies(result: Result) -> Iterator[str]:
    """Yield the parts whose own receipt is another."""
    for out in result.outs:
        if out.receipt == "file" and receipts.read(result.path(out.part)) != result.receipt:
            yield f"the one beside '{out.part}' is another"
        elif out.receipt == "inside":
            carried = receipts.read(result.path(out.part))
            if any(result.receipt[key] != value for key, value in carried.items()):
                yield f"the one inside {result.path(out.part).name} is another"


def output_faults(result: Result) -> list[str]:
    """Return the files whose content is not what the receipt says."""
    found = []
    for file, recorded in result.receipt["outputs"].items():
        try:
            now = result.module.content_digest(result, file)
        except (EnerqisError, OSError, ValueError, KeyError) as exc:
            found.append(f"{file}: cannot be read: {exc}")
            continue
        if now != recorded:
            found.append(f"{file}: changed since it was written{_where(result)}")
    return found


def _where(result: Result) -> str:
    """Return which of many parts were changed, where the stage can tell."""
    tell = getattr(result.module, "damaged_parts", None)
    parts = tell(result) if tell else []
    return f": {', '.join(parts)}" if parts else ""


def trail_faults(result: Result) -> list[str]:
    """Return what was done to the audit trail; nothing where the stage writes none."""
    head = result.receipt.get("audit")
    if head is None:
        return [f"{AUDIT_FILE}: the receipt has no head of it"] if AUDIT_FILE in result.receipt["outputs"] else []
    return [f"{AUDIT_FILE}: {each}" for each in audit_faults(result.path(AUDIT_FILE), Head(**head))]


def slice_faults(project: Project, result: Result) -> list[str]:
    """Return what the slice under ``data/spec`` says otherwise than the receipt; nothing for a result in the store."""
    if not result.outs:
        return []
    place = slice_place(result.stage, result.name)
    path = project.data / "spec" / place
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        again = refreeze(project, result.stage, document["spec"])
    except FileNotFoundError:
        return [f"data/spec/{place}: missing. Run 'enerqis resolve'."]
    except (EnerqisError, ValueError, KeyError, TypeError) as exc:
        return [f"data/spec/{place}: not a slice: {exc}"]
    changes = [f"{key} {old} -> {new}" for key, old, new in spec_changes(result.receipt["spec"], document["spec"])]
    is_edited = (again.document.spec_sha256, again.document.engine_sha256) != (
        document["spec_sha256"],
        document["engine_sha256"],
    )
    if is_edited and again.document.code_sha256 == document["code_sha256"]:
        return [f"data/spec/{place}: edited after it was resolved: {', '.join(changes) or 'its hashes'}"]
    if changes:
        return [f"data/spec/{place}: of another spec than the receipt: {', '.join(changes)}. Run 'dvc repro'."]
    return []
