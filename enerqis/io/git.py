"""What git remembers of a file; nothing where there is no git or the folder is not in it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def added_text(root: Path, path: Path) -> str:
    """Return every line that a commit before the present one added to a file, without git's own marks."""
    if shutil.which("git") is None:
        return ""
    words = ["git", "log", "--patch", "--unified=0", "--format=", "--no-color", "--no-ext-diff", "--", str(path)]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        return ""
    lines = done.stdout.splitlines()
    return "\n".join(line[1:] for line in lines if line.startswith("+") and not line.startswith("+++"))
