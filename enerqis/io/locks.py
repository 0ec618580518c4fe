"""One writer an output: a lock file that the operating system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path, *, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock file `path` for the block; call `on_wait` with a message once if another process holds it now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            holder = stream.read().strip() or "another process"
            on_wait(f"{path.stem}: process {holder} writes this output now; waiting for it to finish")
            fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        yield


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock file `path` for the block beside others who share it; whoever wants it alone waits, and `held` names it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


def held(folder: Path) -> list[str]:
    """Return the names of the locks in `folder` that a living process holds now, sorted."""
    names = []
    for path in sorted(folder.glob("*.lock")):
        with path.open("a", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                names.append(path.stem)
    return names
