"""Writing so that a reader sees the old thing or the new thing, never half of one."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enerqis.core.errors import StageError

TEMPORARY_PREFIX = ".enerqis-tmp-"
"""Start of the name of whatever is being written; `enerqis doctor` removes what a killed process left."""

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""Of Linux: relative to the working directory; both paths exist and change places."""

CANNOT_EXCHANGE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)
"""What a kernel or a file system says that knows no exchange."""


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out` and put it in the place of `out` when the block ends without an error.

    Raises
    ------
    StageError
        If the disk is full; `out` is then what it was before.
    """
    work = _temporary_folder(out.parent)
    try:
        yield work
        sync_tree(work)
        work.chmod(0o755)
        replace(work, out)
    except OSError as exc:
        raise explained(exc, out) from exc
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Yield an empty folder in `parent` that is removed when the block ends, however it ends."""
    work = _temporary_folder(parent)
    try:
        yield work
    except OSError as exc:
        raise explained(exc, parent) from exc
    finally:
        shutil.rmtree(work, ignore_errors=True)


def explained(exc: OSError, out: Path) -> OSError | StageError:
    """Return a full disk or a forbidden folder as an error in the user's words, any other as it is."""
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return StageError(f"{out}: no space left on the disk. Nothing was changed; free some space and run again.")
    if exc.errno in (errno.EACCES, errno.EROFS):
        return StageError(
            f"{exc.filename or out}: not writable. Nothing was changed; mend its permissions and run again."
        )
    return exc


def replace(new: Path, out: Path) -> None:
    """Put the file or folder `new` in the place of `out`; both lie on one file system.

    At every moment `out` is the old one or the new one. Only where the file system cannot exchange two folders there is an
    instant between two renames in which it is neither.
    """
    if new.is_dir() and out.exists():
        if not _exchange(new, out):
            old = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=out.parent))
            out.rename(old / out.name)
            new.rename(out)
            new = old
        _sync(out.parent)
        shutil.rmtree(new, ignore_errors=True)
    else:
        new.replace(out)
        _sync(out.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Let two paths change their contents in one step, and return whether that was possible here; see ``man 2 rename``."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    failed = rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), ctypes.c_uint(RENAME_EXCHANGE))
    if failed and ctypes.get_errno() not in CANNOT_EXCHANGE:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
    return not failed


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with LF line ends, whole or not at all."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write `content` whole or not at all, in a file that has the permissions `mode`; nobody else reads it meanwhile."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    except OSError as exc:
        raise explained(exc, path) from exc
    work = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        work.chmod(mode)
        replace(work, path)
    except OSError as exc:
        raise explained(exc, path) from exc
    finally:
        work.unlink(missing_ok=True)


def place_copy(source: Path, out: Path) -> None:
    """Copy a finished file or folder to `out` by its bytes, never by a link: what happens to `out` cannot reach `source`."""
    if source.is_dir():
        with new_folder(out) as work:
            for each in sorted(source.rglob("*")):
                copy = work / each.relative_to(source)
                if each.is_dir():
                    copy.mkdir(mode=0o755)
                else:
                    shutil.copyfile(each, copy)
    else:
        write_text(out, source.read_text(encoding="utf-8"))


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below `folder` to the disk."""
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def _temporary_folder(parent: Path) -> Path:
    """Return a new empty folder in `parent`, which is made if need be."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=parent))
    except OSError as exc:
        raise explained(exc, parent) from exc


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
