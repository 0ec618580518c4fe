"""What git remembers of a file; nothing where there is no git or the folder is not in it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


def person(root: Path) -> str:
    """Return who commits here, ``NAME <EMAIL>``, as git is told; ``unknown <unknown>`` where it is told nothing."""
    name, email = (_said(root, "config", "--get", key).strip() or "unknown" for key in ("user.name", "user.email"))
    return f"{name} <{email}>"


def added_text(root: Path, path: Path) -> str:
    """Return every line that a commit before the present one added to a file, without git's own marks."""
    words = ["log", "--patch", "--unified=0", "--format=", "--no-color", "--no-ext-diff", "--", str(path)]
    lines = _said(root, *words).splitlines()
    return "\n".join(line[1:] for line in lines if line.startswith("+") and not line.startswith("+++"))


def head(root: Path) -> str:
    """Return the commit that is checked out; empty where there is none."""
    return _said(root, "rev-parse", "--verify", "--quiet", "HEAD").strip()


def top_folder(root: Path) -> Path:
    """Return the folder of the repository that holds `root`; `root` itself where git does not keep it."""
    return Path(_said(root, "rev-parse", "--show-toplevel").strip() or root)


def is_shallow(root: Path) -> bool:
    """Return whether this clone was made without the older commits."""
    return _said(root, "rev-parse", "--is-shallow-repository").strip() == "true"


def uncommitted(root: Path, paths: Iterable[Path]) -> list[str]:
    """Return which of some files are not as the checked-out commit has them, or not in it, by their paths below `root`."""
    words = ["status", "--porcelain", "--untracked-files=all", "--no-renames", "-z", "--", *map(str, paths)]
    return sorted(line[3:] for line in _said(root, *words).split("\0") if line)


class Touched(NamedTuple):
    """A commit that touched some files: its short hash and the addresses of all who wrote it, in lower case."""

    commit: str
    emails: tuple[str, ...]


def commits_on(root: Path, paths: Iterable[Path], *, since: str = "") -> list[Touched]:
    """Return the commits that touched some files, the newest first; after the commit `since` where this history has it.

    The author counts, as .mailmap knows the person, and everybody whom the message names by ``Co-authored-by``.
    """
    is_known = since and _succeeds(root, "merge-base", "--is-ancestor", since, "HEAD")
    span = [f"{since}..HEAD"] if is_known else []
    form = "--format=%x01%h%x02%aE%x02%(trailers:key=Co-authored-by,valueonly)"
    found = _said(root, "log", "--full-history", form, *span, "--", *map(str, paths))
    return [_touched(each) for each in found.split("\x01")[1:]]


def first_author(root: Path, path: Path, text: str) -> str:
    """Return the address of whoever first committed `text` in a file, in lower case; empty where nobody did."""
    found = _said(root, "log", "--reverse", "--format=%aE", f"-S{text}", "--", str(path)).split()
    return found[0].lower() if found else ""


def _touched(text: str) -> Touched:
    commit, author, others = text.split("\x02")
    named = [line.rpartition("<")[2].rstrip("> ") for line in others.splitlines() if "<" in line]
    return Touched(commit, tuple(dict.fromkeys(each.strip().lower() for each in (author, *named))))


def _succeeds(root: Path, *words: str) -> bool:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    return done.returncode == 0


def present_files(root: Path) -> list[str]:
    """Return the files below `root` that git keeps or would keep, relative to it; none where there is no git."""
    said = _said(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted({name for name in said.split("\0") if name})


def _said(root: Path, *words: str) -> str:
    """Return what git prints for some words; nothing where there is no git or it refuses."""
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    return "" if done.returncode else done.stdout
