"""A file that holds secrets: one writer at a time, replaced whole, open to its owner only."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enerqis.core.errors import SetupError
from enerqis.io.atomic import write_bytes
from enerqis.io.locks import exclusive
from enerqis.io.project import Project

MODE = 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SealedFile:
    """The bytes of an encrypted file of a project.

    Parameters
    ----------
    project : Project
        Its lock lies in ``.enerqis/lock``.
    path : str
        Of the file, inside the project.
    """

    def __init__(self, project: Project, path: str) -> None:
        self.shown = path
        self._path = project.root / path
        self._lock = project.locks / f"secrets-{path.replace('/', '-')}.lock"

    def exists(self) -> bool:
        """Return whether there is a file yet."""
        return self._path.is_file()

    def read(self) -> bytes:
        """Return the bytes; none where there is no file yet.

        Raises
        ------
        SetupError
            If the file cannot be read.
        """
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as exc:
            raise SetupError(f"{self.shown}: cannot be read: {exc.strerror}. Mend its permissions.") from None

    def write(self, content: bytes) -> None:
        """Replace the file: a reader, and whoever comes after a kill, sees the old one or the new one."""
        write_bytes(self._path, content, mode=MODE)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only writer for the block; others wait."""
        with exclusive(self._lock, on_wait=lambda _: None):
            yield


def refuse_if_open(path: Path) -> None:
    """Refuse a key file that others of the machine may read.

    Raises
    ------
    SetupError
        If group or others have any right.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        raise SetupError(f"{path}: others may use this key (mode {mode:04o}). Close it: chmod 600 {path}")
