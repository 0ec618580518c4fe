"""Changing many files of a folder as one step: after a kill the next to come finishes it, or nothing of it was done.

New bytes are written into a folder of their own first, then a journal of what goes where; from then on the step is decided.
Files that the step does not name are never touched.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from enerqis.core.errors import StageError
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
        If the disk is full, a folder is not writable or something stands in the way; nothing was changed then.
    """
    if not root.exists():
        with new_folder(root) as work:
            for each in changes:
                if each.after is not None:
                    _write(work / each.path, each.after)
        return
    _refuse_obstacles(root, [each.path for each in changes])
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

    Raises
    ------
    StageError
        If something stands in the way of a file of the step, or the step would reach out of `root`; nothing was done then.
    """
    staged = root / FOLDER
    decided = is_open(root)
    if decided:
        steps = json.loads((staged / FILE).read_text(encoding="utf-8"))
        _refuse_obstacles(root, [path for path, _, _ in steps])
        for number, (path, before, after) in enumerate(steps):
            _take(root, path, staged / str(number), before, after)
        (staged / FILE).unlink()
    shutil.rmtree(staged, ignore_errors=True)
    return decided


def obstacle(root: Path, path: str) -> str:
    """Return why `path` cannot be written or removed as a plain file below `root`; empty where it can."""
    steps = PurePosixPath(path).parts
    if not steps or path.startswith("/") or ".." in steps:
        return "leads out of the folder. No step of ours names it: remove what does."
    place = root
    for step in steps[:-1]:
        place = place / step
        if place.is_symlink():
            return "a link leads out of the tree. Remove it."
        if place.exists() and not place.is_dir():
            return f"'{step}' above it is a file. Move it."
    place = root / path
    if place.is_symlink():
        return "a link stands there. Remove it."
    return "a folder stands there. Move it." if place.is_dir() else ""


def digests(root: Path, paths: Mapping[str, object]) -> dict[str, str]:
    """Return the SHA-256 of those of `paths` that are files below `root`."""
    return {path: file_digest(root / path) for path in paths if (root / path).is_file()}


def _refuse_obstacles(root: Path, paths: Iterable[str]) -> None:
    found = [f"{path}: {why}" for path in paths if (why := obstacle(root, path))]
    if found:
        raise StageError("\n".join([*found, "Nothing was changed."]))


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
