"""A witness of a ledger outside its own place: how long it was, and the hash of its last row.

It is a small file that a `rm -rf .enerqis` does not reach, so that a ledger which was removed or cut, here or on a server, is
noticed. It is written after a row is safe, so it may lag behind, never lead.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

FILE = Path(".dvc") / "tmp" / "enerqis-ledger.json"


class Mark(NamedTuple):
    """The end of a ledger as it was seen: rows, and the hash of the last."""

    rows: int
    sha256: str


def seen(path: Path) -> Mark | None:
    """Return the last mark; None where there is none or it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Mark(int(content["rows"]), str(content["sha256"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note(path: Path, mark: Mark) -> None:
    """Write a mark, whole or not at all; a disk that refuses it stops nothing."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(mark._asdict(), stream)
        Path(name).replace(path)
