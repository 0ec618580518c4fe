"""What git remembers of a file; nothing where there is no git or the folder is not in it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def person(root: Path) -> str:
    """Return who commits here, ``NAME <EMAIL>``, as git is told; ``unknown <unknown>`` where it is told nothing."""
    name, email = (_said(root, "config", "--get", key).strip() or "unknown" for key in ("user.name", "user.email"))
    return f"{name} <{email}>"


def added_text(root: Path, path: Path) -> str:
    """Return every line that a commit before the present one added to a file, without git's own marks."""
    words = ["log", "--patch", "--unified=0", "--format=", "--no-color", "--no-ext-diff", "--", str(path)]
    lines = _said(root, *words).splitlines()
    return "\n".join(line[1:] for line in lines if line.startswith("+") and not line.startswith("+++"))


def _said(root: Path, *words: str) -> str:
    """Return what git prints for some words; nothing where there is no git or it refuses."""
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    return "" if done.returncode else done.stdout
