"""What stands in a package and what its manifest says of it: pure, from the bytes of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from enerqis.core.errors import ConfigError, Problem
from enerqis.spec.package import MODES, PackagedFile, PackageManifest

MANIFEST = "manifest.json"
BILL = "sbom.json"
LOCK = "requirements.txt"
GATES = "gates/acceptance_gates.json"
APPROVERS = "approvals/approvers.yaml"
DATA_MANIFEST = "data/manifest.json"
SPEC, RECEIPTS, APPROVALS, SCHEMAS, WHEEL, PLUGINS, STRATEGY = (
    "spec",
    "receipts",
    "approvals",
    "schemas",
    "wheel",
    "plugins",
    "strategy",
)
"""Folders of the archive."""


def refuse_other_modes(mode: str) -> None:
    """Refuse a mode that there is not.

    Raises
    ------
    ConfigError
        With the mode and the ones that there are.
    """
    if mode not in MODES:
        message = f"no mode '{mode}'. Allowed: {', '.join(MODES)}: a package is written and checked; nothing here deploys one."
        raise ConfigError([Problem("<command line>", "mode", message)])


def text(tree: Any) -> bytes:
    """Return JSON as packages hold it: sorted keys, one a line, LF."""
    return (json.dumps(tree, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def with_manifest(files: Mapping[str, bytes], about: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files with the manifest that names each.

    Parameters
    ----------
    files : mapping of path to bytes
    about : mapping
        The manifest's keys but format and files.
    """
    rows = tuple(
        PackagedFile(path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        for path, content in sorted(files.items())
    )
    manifest = PackageManifest(format="enerqis/package/1", files=rows, **about)
    return {**files, MANIFEST: text(manifest.model_dump(mode="json"))}


def manifest_of(files: Mapping[str, bytes]) -> PackageManifest | str:
    """Return the manifest among the files of an archive, or a sentence that says why there is none."""
    if MANIFEST not in files:
        return f"{MANIFEST}: missing: this is no package, or nothing in it is signed for"
    try:
        return PackageManifest.model_validate_json(files[MANIFEST])
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        return f"{MANIFEST}: {where or 'all of it'}: {first['msg']}"


def file_faults(files: Mapping[str, bytes], manifest: PackageManifest) -> Iterator[str]:
    """Yield every file that is not as the manifest says, is missing, or is none of the manifest's."""
    if files[MANIFEST] != text(manifest.model_dump(mode="json")):
        yield f"{MANIFEST}: not written the way a package writes it"
    named: dict[str, PackagedFile] = {}
    for each in manifest.files:
        if each.path in named or each.path == MANIFEST:
            yield f"{MANIFEST}: names {each.path} twice, or itself"
        named[each.path] = each
    for path in sorted({*files, *named} - {MANIFEST}):
        if path not in named:
            yield f"{path}: foreign: the manifest does not name it"
        elif path not in files:
            yield f"{path}: missing: the manifest names it"
        elif len(files[path]) != named[path].size:
            yield f"{path}: {len(files[path])} bytes, the manifest says {named[path].size}"
        elif hashlib.sha256(files[path]).hexdigest() != named[path].sha256:
            yield f"{path}: changed: its hash is not the one in the manifest"
