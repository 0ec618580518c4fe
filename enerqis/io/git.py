"""What git remembers of a file; nothing where there is no git or the folder is not in it.

It is asked so that neither the settings of a clone nor attributes hide anything: no replaced or grafted commits, every branch
of the history and both sides of a merge, each file as text, and files compared by content rather than by the index.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

SETTINGS = ("core.quotePath=false", "log.diffMerges=separate", "log.follow=false", "log.showSignature=false")
ENVIRONMENT = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}
EVERY_COMMIT = ("-m", "--full-history")
"""Also the branch that a merge took nothing of, and what a merge itself changed."""
AS_TEXT = ("--text", "--no-textconv", "--no-ext-diff", "--no-color")
FILE_MODES = ("100644", "100755")
"""Modes of ordinary files; a symbolic link leads to what no commit may hold."""
RENAMED = re.compile(r"R[0-9]{3}")
"""How git marks a renamed file, with how alike the two are in per cent."""


def person(root: Path) -> str:
    """Return who commits here, ``NAME <EMAIL>``, as git is told; ``unknown <unknown>`` where it is told nothing."""
    name, email = (_said(root, "config", "--get", key).strip() or "unknown" for key in ("user.name", "user.email"))
    return f"{name} <{email}>"


def added_text(root: Path, path: Path) -> str:
    """Return every line that a commit up to the present one added to a file, without git's own marks."""
    words = ("log", "--patch", "--unified=0", "--format=", *EVERY_COMMIT, *AS_TEXT)
    lines = _said(root, *words, "--", str(path)).splitlines()
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
    """Return which of some files do not hold what the checked-out commit has there, by their paths below `root`.

    Contents are compared, so that a file that git was told to ignore, or to take for unchanged, is found too.
    """
    names = sorted({path.relative_to(root).as_posix() for path in paths})
    rows = (row.partition("\t") for row in _said(root, "ls-tree", "-r", "-z", "HEAD", "--", *names).split("\0"))
    held = {name: tuple(head.split()[0::2]) for head, _, name in rows if name}
    there = [name for name in names if (root / name).is_file()]
    blobs = _said(root, "hash-object", "--no-filters", "--", *there).split() if there else []
    now = dict(zip(there, blobs, strict=False))
    return [name for name in names if held.get(name) not in [(mode, now.get(name)) for mode in FILE_MODES]]


def is_settled(root: Path, path: Path) -> bool:
    """Return whether a file holds what the checked-out commit has there; True where git keeps no commit."""
    return not head(root) or not uncommitted(root, [path])


class Touched(NamedTuple):
    """A commit that touched some files: its short hash and the addresses of all who wrote it, in lower case."""

    commit: str
    emails: tuple[str, ...]


class Version(NamedTuple):
    """A commit after which a file read otherwise, or where branches with it met; `before` are the versions before it."""

    touched: Touched
    before: tuple[str, ...]


WRITERS = "%h%x02%ae%n%aE%x02%(trailers:key=Co-authored-by,valueonly)"
"""The author as the commit names them and as .mailmap does, and everybody whom the message names by ``Co-authored-by``."""


def commits_on(root: Path, paths: Iterable[Path]) -> list[Touched]:
    """Return the commits that ever touched some files, the newest first."""
    found = _said(root, "log", "--full-history", f"--format=%x01{WRITERS}", "--", *map(str, paths))
    return [_touched(each) for each in found.split("\x01")[1:]]


def with_former_names(root: Path, paths: Iterable[Path]) -> list[Path]:
    """Return files and every path that git saw one of them renamed from, sorted; a rename of a rename too."""
    top = top_folder(root)
    known: set[Path] = set()
    new = set(paths)
    while new:
        known |= new
        added = ["log", *EVERY_COMMIT, "--no-renames", "--diff-filter=A", "--format=%H", "--", *map(str, new)]
        commits = sorted(set(_said(root, *added).split()))
        renames = ["show", "-m", "-M", "-l0", "--diff-filter=R", "--name-status", "-z", "--format=", *commits]
        said = [each.strip("\n") for each in _said(root, *renames).split("\0")] if commits else []
        moves = [(top / said[at + 1], top / said[at + 2]) for at, each in enumerate(said) if RENAMED.fullmatch(each)]
        new = {old for old, name in moves if name in known} - known
    return sorted(known)


def versions(root: Path, path: Path) -> dict[str, Version]:
    """Return the history of a file as a graph, by commit: what HEAD holds first, branches that met side by side."""
    words = ["log", "--topo-order", "--full-history", "--simplify-merges", "--parents"]
    found = _said(root, *words, f"--format=%x01%H%x03%P%x03{WRITERS}", "--", str(path))
    parts = [each.split("\x03") for each in found.split("\x01")[1:]]
    return {commit: Version(_touched(writers), tuple(parents.split())) for commit, parents, writers in parts}


def text_at(root: Path, commit: str, path: Path) -> str:
    """Return what a file below `root` held at a commit; empty where it was not there."""
    return _said(root, "show", f"{commit}:./{path.as_posix()}")


def meeting_point(root: Path, commits: Iterable[str]) -> str:
    """Return the newest commit that all of some commits come after; empty where there is none."""
    return _said(root, "merge-base", "--octopus", *commits).strip()


def _touched(text: str) -> Touched:
    commit, author, others = text.split("\x02")
    named = [line.rpartition("<")[2].rstrip("> ") for line in others.splitlines() if "<" in line]
    return Touched(commit, tuple(dict.fromkeys(each.strip().lower() for each in (*author.split(), *named))))


def holds(root: Path, commit: str) -> bool:
    """Return whether the history that is checked out has a commit."""
    return _said(root, "merge-base", commit, "HEAD").strip() == commit


def later_commits(root: Path, commit: str) -> frozenset[str]:
    """Return the short and the whole hashes of the commits that are checked out and that come after one."""
    return frozenset(_said(root, "log", "--format=%h%n%H", f"{commit}..HEAD").split())


def present_files(root: Path) -> list[str]:
    """Return the files below `root` that git keeps or would keep, relative to it; none where there is no git."""
    said = _said(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted({name for name in said.split("\0") if name})


def _said(root: Path, *words: str) -> str:
    """Return what git prints for some words; nothing where there is no git or it refuses."""
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(
        ["git", *(word for each in SETTINGS for word in ("-c", each)), *words],
        cwd=root,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    return "" if done.returncode else done.stdout
