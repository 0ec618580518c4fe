"""What in a package does not fit the rest of it, offline: archive, manifest, receipts, slices, wheel, approvals.

Nothing is computed again and nothing of the package is run. A forgery that is whole in itself passes here: its hash is another
than the one that the registry and the audit log have, and `enerqis package run` finds another result.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError
from yaml import YAMLError

from enerqis.compose.digests import code_digest
from enerqis.compose.environment import environment_digest
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import DataError
from enerqis.core.groups import EXPERIMENT_STAGES
from enerqis.governance import packages
from enerqis.governance.approvals import Held, forgeries, person_of
from enerqis.governance.sbom import check_bill
from enerqis.ingestion.manifest import Manifest
from enerqis.io.sealed_zip import LARGEST_BYTES, opened
from enerqis.pipeline import receipts
from enerqis.pipeline.ingest import manifest_outputs
from enerqis.pipeline.package_code import code_faults
from enerqis.spec.approval import Approval
from enerqis.spec.approvers import Approvers
from enerqis.spec.package import PackageManifest
from enerqis.spec.slices import SliceDocument

STAGES = ("ingest", *EXPERIMENT_STAGES)
FIXED = (packages.LOCK, packages.BILL, packages.DATA_MANIFEST, "gates/gate.json", f"{packages.SPEC}/resolved.json")
"""Files that every package has, besides those of its stages."""

PLACES = re.compile(
    r"(?x) manifest\.json | requirements\.txt | sbom\.json | data/manifest\.json | gates/(?:gate|acceptance_gates)\.json"
    r" | (?:receipts|spec)/[a-z]+\.json | strategy/\w+\.py | plugins/.+ | schemas/\w+\.schema\.json | wheel/[^/]+\.whl"
    r" | approvals/(?:approvers\.yaml|[^/]+\.json)"
)
"""Where a file of a package stands."""

DEEPEST = 32
"""Levels of a YAML file in a package; people write four."""


class Checked(NamedTuple):
    """A package that was looked at.

    Parameters
    ----------
    sha256 : str
        Of the archive.
    manifest : PackageManifest or None
        None where it could not be read.
    files : dict of path to bytes
    faults : tuple of str
        What is wrong, one sentence each.
    """

    sha256: str
    manifest: PackageManifest | None
    files: dict[str, bytes]
    faults: tuple[str, ...]


def check(path: Path) -> Checked:
    """Return what a package holds and everything that is wrong with it.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise DataError(f"{path}: larger than {LARGEST_BYTES} bytes: no package.")
        data = path.read_bytes()
    except OSError as exc:
        raise DataError(f"{path}: cannot be read: {exc.strerror}. Name the file of a package.") from exc
    sha256 = hashlib.sha256(data).hexdigest()
    found = opened(data)
    if not found.files:
        return Checked(sha256, None, {}, found.faults)
    manifest = packages.manifest_of(found.files)
    if isinstance(manifest, str):
        return Checked(sha256, None, found.files, (*found.faults, manifest))
    faults = (*found.faults, *packages.file_faults(found.files, manifest))
    if not faults:
        try:
            faults = tuple(_inside(found.files, manifest))
        except RecursionError:
            faults = ("a file in it is nested deeper than any that a package holds: not read",)
    return Checked(sha256, manifest, found.files, faults)


def _inside(files: Mapping[str, bytes], manifest: PackageManifest) -> Iterator[str]:
    """Yield what does not fit together among files that are all as the manifest says."""
    wanted = [*FIXED, *(f"{folder}/{stage}.json" for folder in (packages.RECEIPTS, packages.SPEC) for stage in STAGES)]
    missing = [path for path in wanted if path not in files]
    if missing:
        yield from (f"{path}: missing: every package has it" for path in missing)
        return
    yield from _foreign_places(files)
    yield from _other_writing(files)
    try:
        read = {stage: json.loads(files[f"{packages.RECEIPTS}/{stage}.json"]) for stage in STAGES}
        for stage, receipt in read.items():
            yield from _receipt_faults(stage, receipt)
            yield from _slice_faults(stage, receipt, files[f"{packages.SPEC}/{stage}.json"])
        yield from _chain_faults(read)
        yield from _manifest_faults(files, manifest, read)
        yield from code_faults(files, read)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        yield f"a receipt or a slice is not one: {exc}"
    yield from _bill_faults(files)
    yield from _approval_faults(files, manifest)


def _foreign_places(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the files of which a package has none, whatever its manifest names."""
    yield from (f"{path}: no file of a package" for path in files if not PLACES.fullmatch(path))


def _other_writing(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the JSON files that say the same to one reader and something else to another: a key twice, other spellings."""
    for path, content in files.items():
        if path.startswith((f"{packages.RECEIPTS}/", f"{packages.SPEC}/", "data/", "gates/")):
            try:
                is_ours = content == packages.text(json.loads(content))
            except ValueError:
                is_ours = False
            if not is_ours:
                yield f"{path}: not written the way a package writes it"


def _receipt_faults(stage: str, receipt: Mapping[str, Any]) -> Iterator[str]:
    """Yield the hashes of a receipt that are not those of what stands beside them."""
    place, identity = f"{packages.RECEIPTS}/{stage}.json", receipt["identity"]
    module = importlib.import_module(f"enerqis.pipeline.{stage}")
    for fits, said in (
        (receipt["stage"] == stage, "of another stage"),
        (receipt["schema"] == receipts.RECEIPT_SCHEMA, f"schema is not {receipts.RECEIPT_SCHEMA}"),
        (receipt["stage_id"] == receipts.stage_id(stage, identity), "stage_id is not the hash of its identity"),
        (code_digest(receipt["code"]) == identity["code"], "code: not the modules whose hash the identity holds"),
        (
            environment_digest(receipt["environment"]) == identity["environment"],
            "environment: not the versions whose hash the identity holds",
        ),
        (
            receipt["result_sha256"] == module.result_digest(receipt["outputs"]),
            "result_sha256 is not the hash of its outputs",
        ),
    ):
        if not fits:
            yield f"{place}: {said}"


def _slice_faults(stage: str, receipt: Mapping[str, Any], content: bytes) -> Iterator[str]:
    """Yield where a slice is not the one that its receipt was made of."""
    place, identity = f"{packages.SPEC}/{stage}.json", receipt["identity"]
    document = SliceDocument.model_validate_json(content)
    if document.spec != receipt["spec"]:
        yield f"{place}: not the spec in the receipt"
    hashes = (document.spec_sha256, document.code_sha256, document.engine_sha256, document.env_sha256)
    if hashes != tuple(identity[key] for key in ("config", "code", "engine", "environment")):
        yield f"{place}: its hashes are not those of the receipt"


def _chain_faults(read: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield a receipt that names another input than the one in the package."""
    for stage, receipt in read.items():
        for name, wanted in (receipt["identity"]["data"] or {}).items():
            source = read.get("ingest" if name in ("parquet", "processed") else name)
            if stage != "ingest" and source is not None and wanted != receipts.input_hash(name, source):
                yield f"{packages.RECEIPTS}/{stage}.json: made from another '{name}' than the one in the package"


def _manifest_faults(
    files: Mapping[str, bytes], manifest: PackageManifest, read: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Yield what manifest, data, lock and gates say otherwise than the receipts."""
    backtest, ingest = read["backtest"], read["ingest"]
    gate = json.loads(files["gates/gate.json"])
    data = Manifest.model_validate_json(files[packages.DATA_MANIFEST])
    resolved = json.loads(files[f"{packages.SPEC}/resolved.json"])
    lock = hashlib.sha256(files[packages.LOCK]).hexdigest()
    for fits, said in (
        (manifest.run_id == backtest["stage_id"], f"{packages.MANIFEST}: run_id is not that of the receipt"),
        (
            manifest.result_sha256 == backtest["result_sha256"],
            f"{packages.MANIFEST}: result_sha256 is not that of the receipt",
        ),
        (
            manifest.dataset_content == ingest["outputs"]["parquet"],
            f"{packages.MANIFEST}: dataset_content is not that of the receipt",
        ),
        (
            manifest_outputs(data, ingest["facts"]) == ingest["outputs"],
            f"{packages.DATA_MANIFEST}: not of the data that the run used",
        ),
        (
            hashlib.sha256(receipts.text(gate).encode()).hexdigest() == read["gate"]["outputs"]["gate.json"],
            "gates/gate.json: not what the receipt of 'gate' was written for",
        ),
        (gate["run_id"] == manifest.run_id, "gates/gate.json: of another run"),
        (_are_gates_of(files, manifest, read["gate"]["spec"]), f"{packages.GATES}: not the gates that decided"),
        (resolved == read["report"]["spec"]["resolved"], f"{packages.SPEC}/resolved.json: not the spec of the report"),
        (lock == backtest["requirements_sha256"], f"{packages.LOCK}: not the one that the run noted"),
    ):
        if not fits:
            yield said


def _are_gates_of(files: Mapping[str, bytes], manifest: PackageManifest, decided: Mapping[str, Any]) -> bool:
    """Return whether the gates in a package are those that the stage `gate` read; it has none where there were none."""
    if packages.GATES not in files:
        return not decided["gates"]
    gates = json.loads(files[packages.GATES])
    explained = [each for each in gates["explained_rejects"] if each["dataset"] == manifest.dataset]
    rows = {each["rule"]: each["most_rows_count"] for each in explained}
    return bool((gates["gates"], rows) == (decided["gates"], decided["explained_rejects"]))


def _bill_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    try:
        check_bill(files[packages.BILL].decode("utf-8", "replace"))
        stated = json.loads(files[packages.BILL])["metadata"]["component"]["version"]
    except (DataError, ValueError, KeyError) as exc:
        yield f"{packages.BILL}: {exc}"
        return
    if stated != hashlib.sha256(files[packages.LOCK]).hexdigest():
        yield f"{packages.BILL}: of another {packages.LOCK}"


def _approval_faults(files: Mapping[str, bytes], manifest: PackageManifest) -> Iterator[str]:
    approvers = _approvers(files)
    if packages.APPROVERS in files and approvers is None:
        yield f"{packages.APPROVERS}: no list of approvers"
    for path, content in files.items():
        if not path.startswith(f"{packages.APPROVALS}/") or not path.endswith(".json"):
            continue
        try:
            approval = Approval.model_validate_json(content)
        except ValidationError as exc:
            yield f"{path}: no approval: {exc.errors()[0]['msg']}"
            continue
        if (approval.run_id, approval.result_sha256) != (manifest.run_id, manifest.result_sha256):
            yield f"{path}: approves another run or result"
        yield from (f"{path}: {each}" for each in forgeries(Held(PurePosixPath(path).stem, approval)))
        if approvers is None or person_of(approval, approvers) is None:
            yield f"{path}: signed by a key that is nobody's in {packages.APPROVERS}"


def _approvers(files: Mapping[str, bytes]) -> Approvers | None:
    """Return who may approve, as the package says; None where it does not."""
    try:
        text = files[packages.APPROVERS].decode("utf-8")
        return Approvers.model_validate_json(json.dumps(load_text(text))) if _is_modest(text) else None
    except (KeyError, ValueError, YAMLError):
        return None


def _is_modest(text: str) -> bool:
    """Return whether a YAML text is neither deep nor repeats parts of itself, by which a few lines stand for millions."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            return False
    return True
