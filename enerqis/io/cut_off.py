"""DVC's own files, which a DVC that is killed in mid-write leaves cut off, so that every later `dvc repro` stops at them.

DVC 3.67 writes both in place (``dvc/rwlock.py``, ``dvc/utils/serialize/_common.py``): each is half there for an instant.

``.dvc/tmp/rwlock``
    names what living processes read and write. While no DVC edits it, a table that cannot be read, or is of another form than
    DVC's own (an edit, another version), says nothing and can go.
``dvc.lock``
    remembers what made each out. Entries that are whole stay; a stage without one finds its result in the store.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

from enerqis.io.atomic import write_text
from enerqis.io.graph import ENTRY

TABLE = Path(".dvc") / "tmp" / "rwlock"
LOCK = Path("dvc.lock")
GUARDS = (TABLE.with_name("lock"), TABLE.with_name("rwlock.lock"))
"""The files that DVC locks while it writes."""


def cut_off(root: Path) -> list[Path]:
    """Return which of the project's two files are cut off and not being written now, relative to `root`."""
    with _guarded(root) as is_ours:
        return _cut_off(root) if is_ours else []


def mend(root: Path) -> list[Path]:
    """Remove the table, or the lost end of ``dvc.lock``, where they are cut off; return which were, relative to `root`."""
    with _guarded(root) as is_ours:
        found = _cut_off(root) if is_ours else []
        for path in found:
            kept = whole_entries((root / path).read_text(encoding="utf-8", errors="replace")) if path == LOCK else ""
            if kept:
                write_text(root / path, kept)
            else:
                (root / path).unlink()
        return found


def whole_entries(lock_text: str) -> str:
    """Return the text of a ``dvc.lock`` that was cut off up to its last whole entry; empty where it has none."""
    lines = lock_text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if ENTRY.match(line)]
    return "".join(lines[: starts[-1]]) if len(starts) > 1 else ""


def _cut_off(root: Path) -> list[Path]:
    judges = {TABLE: _is_table, LOCK: _is_lock}
    return [path for path, is_whole in judges.items() if (root / path).is_file() and not is_whole(root / path)]


def _is_table(path: Path) -> bool:
    """Return whether a file is a table as DVC reads it: by path a writer and readers, each a process and a command."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    if not isinstance(content, dict) or not content.keys() <= {"write", "read"}:
        return False
    writers, readers = content.get("write", {}), content.get("read", {})
    if not isinstance(writers, dict) or not isinstance(readers, dict):
        return False
    lists = [*([each] for each in writers.values()), *readers.values()]
    return all(isinstance(each, list) and all(map(_is_holder, each)) for each in lists)


def _is_holder(entry: object) -> bool:
    """Return whether an entry names a process and its command, and nothing else."""
    if not isinstance(entry, dict) or entry.keys() != {"pid", "cmd"}:
        return False
    return isinstance(entry["pid"], int) and isinstance(entry["cmd"], str)


def _is_lock(path: Path) -> bool:
    """Return whether every entry has its command, and the file ends with a line; a clean `dvc.lock` may have no entry."""
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        return False
    if not text.endswith("\n") or not isinstance(content, dict):
        return False
    entries = content.get("stages")
    return isinstance(entries, dict) and all(isinstance(each, dict) and "cmd" in each for each in entries.values())


@contextmanager
def _guarded(root: Path) -> Iterator[bool]:
    """Hold DVC's guards for the block; yield False where another process holds one."""
    with ExitStack() as stack:
        for guard in GUARDS:
            if (root / guard).is_file():
                stream = stack.enter_context((root / guard).open("a", encoding="utf-8"))
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                    return
        yield True
