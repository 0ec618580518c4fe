"""Ending with one's caller: a stage whose `dvc repro` was killed must not go on writing beside the next one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

POLL_SECONDS = 0.2
GENERATIONS = 4
EXIT_ORPHANED = 143
MARK = "DVC_STAGE"
"""Environment variable that DVC sets for the commands it starts."""


def follow_dvc() -> None:
    """Exit at once when the `dvc` that started this process ends; do nothing where DVC did not start it.

    DVC starts a shell and the shell starts the stage, so the process to follow is not the parent. Where the machine has no
    ``/proc`` nothing is followed.
    """
    watched = _callers(os.getpid()) if MARK in os.environ else {}
    if watched:
        threading.Thread(target=_watch, args=(watched,), daemon=True, name="lifeline").start()


def _callers(pid: int) -> dict[int, str]:
    """Return the start times of the processes above `pid` up to the one that is DVC; none where DVC is not found."""
    found: dict[int, str] = {}
    for _ in range(GENERATIONS):
        fields = _stat(pid)
        pid = int(fields[1]) if fields else 0
        parent = _stat(pid) if pid > 1 else None
        if parent is None:
            break
        found[pid] = parent[19]
        if _is_dvc(pid):
            return found
    return {}


def _is_dvc(pid: int) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return any(Path(os.fsdecode(word)).name == "dvc" for word in words[:3])


def _stat(pid: int) -> list[str] | None:
    """Return the fields of ``/proc/PID/stat`` after the command's name, or None where the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields


def _watch(watched: dict[int, str]) -> None:
    pause = threading.Event()
    while not pause.wait(POLL_SECONDS):
        if any((fields := _stat(pid)) is None or fields[19] != start for pid, start in watched.items()):
            os._exit(EXIT_ORPHANED)
