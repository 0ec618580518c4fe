"""Receipts: which config, data, code, environment, engine and seed made an output, and the hash of what came out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from enerqis.core.errors import StageError
from enerqis.io.hashing import digest, file_digest
from enerqis.io.project import Project
from enerqis.io.store import RECEIPT_FILE as RECEIPT_FILE
from enerqis.pipeline.stage import Outcome
from enerqis.spec.slices import SliceDocument

RECEIPT_SCHEMA = "enerqis/receipt/3"
STAGE_DOMAIN = "enerqis/stage/1"
NOT_PINNED = ("CPU model and its dispatch in libm (log, exp, pow)", "operating system kernel", "C library")


Pins = Mapping[str, Mapping[str, Mapping[str, str]]]
"""``code`` and ``environment``: what each hash in a slice document was made of."""


def details(project: Project, document: SliceDocument, pins: Pins) -> dict[str, Any]:
    """Return what the hashes of a slice were made of, and the hash of the pinned requirements, noted only."""
    return {
        "code": dict(pins["code"][document.code_sha256]),
        "environment": dict(pins["environment"][document.env_sha256]),
        "requirements_sha256": lock_digest(project),
    }


def lock_digest(project: Project) -> str | None:
    """Return the hash of the pinned requirements as they stand now; None where there are none."""
    lock = project.root / "requirements.txt"
    return file_digest(lock) if lock.is_file() else None


def identity(document: SliceDocument, data: dict[str, str] | None) -> dict[str, Any]:
    """Return the six components that determine a stage's output; null where a stage has none.

    Parameters
    ----------
    document : SliceDocument
    data : dict of input name to result hash, or None
    """
    return {
        "config": document.spec_sha256,
        "data": data,
        "code": document.code_sha256,
        "environment": document.env_sha256,
        "engine": document.engine_sha256,
        "seed": document.spec.get("seed"),
    }


def stage_id(stage: str, components: dict[str, Any]) -> str:
    """Return the hash of all that determines an output of `stage`."""
    return digest(STAGE_DOMAIN, {"stage": stage, "identity": components})


def receipt(
    stage: str, components: dict[str, Any], document: SliceDocument, outcome: Outcome, details: dict[str, Any]
) -> dict[str, Any]:
    """Return the receipt of one finished output; `details` hold the code modules, the environment and the lock's hash."""
    return {
        "schema": RECEIPT_SCHEMA,
        "stage": stage,
        "stage_id": stage_id(stage, components),
        "identity": components,
        "result_sha256": outcome.result_sha256,
        "outputs": dict(sorted(outcome.outputs.items())),
        "facts": outcome.facts,
        **({} if outcome.audit is None else {"audit": outcome.audit}),
        "spec": document.spec,
        "not_pinned": list(NOT_PINNED),
        **details,
    }


def input_hashes(inputs: Mapping[str, Path], *, shown: Collection[str]) -> dict[str, str]:
    """Return the result hash of every input, and of the inputs that are shown to people their receipt's digest as well.

    Raises
    ------
    StageError
        If an input is missing.
    """
    found = {}
    for name, folder in inputs.items():
        receipt = read(folder)
        found[name] = input_hash(name, receipt)
        if name in shown:
            found[f"{name}/{RECEIPT_FILE}"] = shown_hash(receipt)
    return found


def input_hash(name: str, receipt: Mapping[str, Any]) -> str:
    """Return the hash by which a stage knows its input `name`: of that part, or of the whole result."""
    found: str = receipt.get("outputs", {}).get(name, receipt["result_sha256"])
    return found


def shown_hash(receipt: Mapping[str, Any]) -> str:
    """Return the hash of a whole receipt, for a stage that shows it."""
    return digest(RECEIPT_SCHEMA, receipt)


def text(document: dict[str, Any]) -> str:
    """Return JSON as ENERQIS writes it: sorted keys, one a line, LF."""
    return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read(folder: Path) -> dict[str, Any]:
    """Return the receipt of a finished output: a file in its folder, or a key of the JSON file that it is.

    Raises
    ------
    StageError
        If there is none: the output is missing or was not finished.
    """
    is_file = folder.suffix == ".json"
    path = folder if is_file else folder / RECEIPT_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found: dict[str, Any] = content["receipt"] if is_file else content
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise StageError(f"{folder}: no {RECEIPT_FILE}: this input is missing. Make it with 'dvc repro'.") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise StageError(f"{path}: not a receipt. Remove the folder and run 'dvc repro' again.") from exc
    return found
