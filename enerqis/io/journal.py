"""Changing many files of a folder as one step: after a kill the next to come finishes it, or nothing of it was done.

New bytes are written into a folder of their own first, then a journal of what goes where; from then on the step is decided.
Files that the step does not name are never touched.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from enerqis.io.atomic import TEMPORARY_PREFIX, explained, new_folder, replace, sync_tree, write_text
from enerqis.io.hashing import file_digest

FOLDER = f"{TEMPORARY_PREFIX}journal"
FILE = "journal.json"


class Change(NamedTuple):
    """What becomes of one file.

    Parameters
    ----------
    path : str
        Below the root, with slashes.
    before : str or None
        SHA-256 of what stands there now; None = nothing.
    after : bytes or None
        What shall stand there; None = nothing.
    """

    path: str
    before: str | None
    after: bytes | None


def apply(root: Path, changes: list[Change]) -> None:
    """Make every change, in order, or none.

    Raises
    ------
    StageError
        If the disk is full or a folder is not writable; nothing was changed then.
    """
    if not root.exists():
        with new_folder(root) as work:
            for each in changes:
                if each.after is not None:
                    _write(work / each.path, each.after)
        return
    staged = root / FOLDER
    try:
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        for number, each in enumerate(changes):
            if each.after is not None:
                _write(staged / str(number), each.after)
        sync_tree(staged)
        steps = [[each.path, each.before, _digest(each.after)] for each in changes]
        write_text(staged / FILE, json.dumps(steps) + "\n")
    except OSError as exc:
        shutil.rmtree(staged, ignore_errors=True)
        raise explained(exc, root) from exc
    finish(root)


def is_open(root: Path) -> bool:
    """Return whether a step was decided and not finished."""
    return (root / FOLDER / FILE).is_file()


def finish(root: Path) -> bool:
    """Finish a step that was decided, drop one that was not, and return whether there was one to finish.

    A file that somebody else changed in between is left as it is.
    """
    staged = root / FOLDER
    decided = is_open(root)
    if decided:
        for number, (path, before, after) in enumerate(json.loads((staged / FILE).read_text(encoding="utf-8"))):
            _take(root, path, staged / str(number), before, after)
        (staged / FILE).unlink()
    shutil.rmtree(staged, ignore_errors=True)
    return decided


def digests(root: Path, paths: Mapping[str, object]) -> dict[str, str]:
    """Return the SHA-256 of those of `paths` that are files below `root`."""
    return {path: file_digest(root / path) for path in paths if (root / path).is_file()}


def _take(root: Path, path: str, staged: Path, before: str | None, after: str | None) -> None:
    target = root / path
    present = file_digest(target) if target.is_file() else None
    if present != before:
        return  # taken already before a kill, or changed by somebody else
    if after is None:
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder == root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
    elif staged.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        replace(staged, target)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()
