"""A number that tells whether files of a folder changed, so that what was read from them can be kept."""

from __future__ import annotations

from pathlib import Path


def folder_stamp(folder: Path, pattern: str) -> int:
    """Return a number that differs once a file under `folder` is added, removed or written.

    It is not a content hash: it lives inside one process and looks at names, sizes and times of change.
    """
    stats = ((path, path.stat()) for path in sorted(folder.rglob(pattern)))
    return hash(tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats))
