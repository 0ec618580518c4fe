"""Bytes from outside: found, copied as received, checked against their pin, and watched for change while they are read."""

from __future__ import annotations

import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from enerqis.core.errors import DataError, StageError
from enerqis.io.hashing import file_digest

COPY_BYTES = 1 << 20
LISTED_MAX = 8
"""Neighbours that a message about a missing file names."""


def project_file(root: Path, place: str) -> Path:
    """Return the file at `place` in the project.

    Raises
    ------
    DataError
        If there is no such file; the message names near neighbours.
    """
    return existing_file(root / place, called=place, advice="Mend connector.files in the dataset's YAML")


def existing_file(path: Path, *, called: str, advice: str) -> Path:
    """Return `path` if it is a file.

    Parameters
    ----------
    path : Path
        A file of the project.
    called : str
        What the message calls it.
    advice : str
        What to do where it is missing.

    Raises
    ------
    DataError
        If there is no such file; the message names near neighbours.
    """
    if path.is_file():
        return path
    names = sorted(each.name for each in path.parent.iterdir() if each.is_file()) if path.parent.is_dir() else []
    there = f"In that folder: {', '.join(names[:LISTED_MAX])}." if names else "Its folder is missing or empty."
    raise DataError(f"{called}: no such file in the project. {there} {advice}.")


def checked_digest(path: Path, *, source: str, pin: str | None) -> str:
    """Return the SHA-256 of `path` after holding it against `pin`.

    Raises
    ------
    DataError
        If the digests differ.
    """
    found = file_digest(path)
    _hold(found, source=source, pin=pin)
    return found


def copy_as_received(path: Path, target: Path, *, source: str, pin: str | None) -> str:
    """Copy the bytes of `path` to `target`, synced, and return their SHA-256.

    Raises
    ------
    DataError
        If the file is empty, misses its pin, cannot be read, or changes while it is copied.
    StageError
        If the disk is full.
    """
    try:
        digest = _copy(path, target, source)
    except PermissionError as exc:
        raise DataError(f"{source}: cannot be read: {exc.strerror}") from exc
    except OSError as exc:
        raise _disk(exc, source) from exc
    if target.stat().st_size == 0:
        raise DataError(f"{source}: the file is empty")
    _hold(digest, source=source, pin=pin)
    return digest


def _copy(path: Path, target: Path, source: str) -> str:
    hasher = hashlib.sha256()
    with path.open("rb") as reader, target.open("wb") as writer, ThreadPoolExecutor(1, "hash") as thread:
        before = os.fstat(reader.fileno())
        hashing = thread.submit(hasher.update, b"")
        while chunk := reader.read(COPY_BYTES):
            hashing.result()
            hashing = thread.submit(hasher.update, chunk)
            writer.write(chunk)
        hashing.result()
        writer.flush()
        os.fsync(writer.fileno())
        after = path.stat()
        copied = writer.tell()
    watched = ("st_size", "st_mtime_ns", "st_ino")
    if any(getattr(before, name) != getattr(after, name) for name in watched) or copied != after.st_size:
        raise DataError(f"{source}: changed while it was read. Let its writer finish, then run again.")
    return hasher.hexdigest()


def _hold(found: str, *, source: str, pin: str | None) -> None:
    if pin is not None and pin != found:
        raise DataError(
            f"{source}: sha256 is {found}, the dataset pins {pin}. If the new content is wanted, write the new digest into "
            "the dataset's YAML; otherwise restore the file or the package version that was pinned."
        )


def _disk(exc: OSError, source: str) -> Exception:
    """Return the error a user sees for `exc`."""
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return StageError(f"{source}: the disk is full; nothing was kept. Free some space, then run again.")
    return DataError(f"{source}: cannot be copied: {exc.strerror or exc}")
