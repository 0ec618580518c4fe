"""A frozen tree: the SHA-256 of each of its files and one hash over all of them. No file is read here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from enerqis.io.audit_file import Log
from enerqis.io.hashing import digest
from enerqis.spec.registry import RegistryBaseline

DOMAIN = "enerqis/baseline/1"


def baseline_hash(files: Mapping[str, str]) -> str:
    """Return ``sha256:`` and the hash of a tree, given the SHA-256 of each file by its path.

    It is the SHA-256 of the domain, a zero byte and the RFC 8785 form of the mapping, so that no order matters.
    """
    return f"sha256:{digest(DOMAIN, dict(files))}"


def frozen_trees(log: Log) -> tuple[RegistryBaseline, ...]:
    """Return the trees that were frozen, the first one first, as the audit log has them.

    Raises
    ------
    ValidationError
        If an entry says what no command writes.
    """
    return tuple(
        RegistryBaseline.model_validate_json(json.dumps({**entry.facts, "entry": link}))
        for link, entry in log.in_order
        if entry.event == "baseline"
    )


def baselines(log: Log) -> tuple[str, ...]:
    """Return the hashes of the trees that were frozen, the last one first; an entry that no command writes has none."""
    entries = (entry for _, entry in reversed(log.in_order) if entry.event == "baseline")
    return tuple(str(entry.facts.get("baseline", "")) for entry in entries)


def moved(frozen: Mapping[str, str], present: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each file that is not as it was frozen, sorted by path.

    A file that only changed its place is told as one.
    """
    gone = {path: digest for path, digest in frozen.items() if path not in present}
    new = {path: digest for path, digest in present.items() if path not in frozen}
    by_digest = {digest: path for path, digest in sorted(new.items(), reverse=True)}
    for path in sorted({*frozen, *present}):
        if path in gone:
            to = by_digest.get(gone[path])
            yield f"{path}: renamed to {to}" if to else f"{path}: removed"
        elif path in new:
            if new[path] not in gone.values():
                yield f"{path}: added"
        elif frozen[path] != present[path]:
            yield f"{path}: changed"
