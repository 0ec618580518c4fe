"""What git says of a clone: files, line ends, branches, hooks, signatures. It changes nothing and reaches no other machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from enerqis.core.errors import SetupError

LOOKED_BACK = 50
"""Commits whose signature is looked for."""


class LineEnds(NamedTuple):
    """How git keeps the ends of lines of one file: ``lf``, ``crlf`` or ``mixed``, and by which attribute."""

    path: str
    kept: str
    attribute: str


class Clone(NamedTuple):
    """Facts of one clone.

    Parameters
    ----------
    files : tuple of LineEnds
        Every tracked file.
    branches : frozenset of str
        Branches here, and those of ``origin`` as last fetched.
    remote_head : str
        Default branch of ``origin`` as last fetched; empty where it is not known.
    has_hook : bool
        True where a hook runs before each commit.
    commits : int
        How many of the last commits of the default branch were looked at.
    unsigned : tuple of str
        Those of them that carry no signature, the newest first.
    """

    files: tuple[LineEnds, ...]
    branches: frozenset[str]
    remote_head: str
    has_hook: bool
    commits: int
    unsigned: tuple[str, ...]


def read_clone(root: Path, branch: str) -> Clone:
    """Return the facts of the clone around `root`, whose default branch should be `branch`.

    Raises
    ------
    SetupError
        If there is no git, or `root` is not the top of a clone.
    """
    if shutil.which("git") is None:
        raise SetupError("git is not installed, so that nothing can be said of the repository. Install git.")
    if _said(root, "rev-parse", "--show-prefix") != "\n":
        raise SetupError(f"{root}: not the top of a git repository. Run it where .git is, or make one with 'git init'.")
    heads = _said(root, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes/origin").split()
    branches = {each.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/") for each in heads} - {"HEAD"}
    tip = next((each for each in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}") if each in heads), "")
    headers = _headers(root, tip) if tip else []
    hook = root / _said(root, "rev-parse", "--git-path", "hooks").strip() / "pre-commit"
    return Clone(
        files=_files(root),
        branches=frozenset(branches),
        remote_head=_said(root, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD").strip().rpartition("origin/")[2],
        has_hook=hook.is_file(),
        commits=len(headers),
        unsigned=tuple(each.partition("\n")[0] for each in headers if not _is_signed(each)),
    )


def _files(root: Path) -> tuple[LineEnds, ...]:
    found = []
    for record in _said(root, "ls-files", "--eol", "-z").split("\0"):
        facts, tab, path = record.partition("\t")
        if tab:
            kept, _, attribute = (*facts.split(maxsplit=2), "")[:3]
            found.append(LineEnds(path, kept.removeprefix("i/"), attribute.removeprefix("attr/").strip()))
    return tuple(found)


def _headers(root: Path, tip: str) -> list[str]:
    """Return the raw header and message of the last commits, each after its id."""
    said = _said(root, "rev-list", "--header", f"--max-count={LOOKED_BACK}", tip)
    return [each for each in said.split("\0") if each.strip()]


def _is_signed(commit: str) -> bool:
    """Return whether a commit's header, which ends at the first empty line, carries a signature; it is not verified."""
    header = commit.partition("\n\n")[0]
    return any(line.startswith(("gpgsig ", "gpgsig-sha256 ")) for line in header.split("\n"))


def _said(root: Path, *words: str) -> str:
    """Return what git prints; nothing where it refuses."""
    done = subprocess.run(
        ["git", "-c", "core.quotePath=false", *words], cwd=root, capture_output=True, encoding="utf-8", errors="replace"
    )
    return "" if done.returncode else done.stdout
