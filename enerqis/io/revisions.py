"""Trees of a git repository, the working tree among them, read and exported without touching index, branches or files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from enerqis.core.errors import SetupError

FILE_MODES = ("100644", "100755")
"""Modes of ordinary files; symbolic links and submodules lead outside a tree and are not exported."""
COMMIT = re.compile(r"[0-9a-f]{40}")
ANCESTOR = re.compile(r"(?P<start>.+?)[~^](?P<steps>\d*)$")
SETTINGS = ("core.autocrlf=false", "core.safecrlf=false", "core.fsmonitor=false", "core.quotePath=false")
"""What a user's own settings must not change."""


class Entry(NamedTuple):
    """One file of a tree: its mode, and the id of its content."""

    mode: str
    blob: str


@dataclass(frozen=True)
class Tree:
    """The project's part of one tree.

    Parameters
    ----------
    name : str
        As it was asked for; of the working tree ``working tree``.
    commit : str
        Its commit, or empty for the working tree.
    entries : mapping of path to Entry
        Every file, by its path in the project.
    """

    name: str
    commit: str
    entries: Mapping[str, Entry]

    def under(self, path: str) -> dict[str, Entry]:
        """Return the file `path`, or the files below the folder `path`."""
        return {each: entry for each, entry in self.entries.items() if each == path or each.startswith(f"{path}/")}


WORKING_TREE = "working tree"


class Repository:
    """A git repository around a project; what it must write for reading lies in a scratch folder of its own.

    Parameters
    ----------
    root : Path
        Folder of the project; the repository's top, or a folder inside.
    scratch : Path
        Takes a copy of the index, and the objects of the working tree.
    """

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root, self.scratch = root, scratch
        self._environment = dict(os.environ)
        self._prefix = self._git("rev-parse", "--show-prefix").strip()
        (scratch / "objects").mkdir()
        self._environment |= {
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self._place("objects")),
            "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
            "GIT_OPTIONAL_LOCKS": "0",
        }

    def is_commit(self, word: str) -> bool:
        """Return whether a word names a commit that this clone has."""
        return bool(self._commit(word))

    def revision(self, word: str) -> Tree:
        """Return the tree of a commit, branch, tag or ``HEAD~1``.

        Raises
        ------
        SetupError
            If this clone does not have it; with the command that fetches it.
        """
        commit = self._commit(word)
        if not commit:
            raise SetupError(self._missing(word))
        return Tree(word, commit, self._entries(commit))

    def working_tree(self) -> Tree:
        """Return what a commit of everything that git does not ignore would hold, without making one."""
        index = self.scratch / "index"
        if self._place("index").is_file():
            shutil.copy(self._place("index"), index)
        top = self._git("rev-parse", "--show-toplevel").strip()
        self._git("add", "--all", "--", top, index=index)
        return Tree(WORKING_TREE, "", self._entries(self._git("write-tree", index=index).strip()))

    def content(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Return the content of files by the ids of their content."""
        wanted = list(dict.fromkeys(blobs))
        if not wanted:
            return {}
        said = self._run("cat-file", "--batch", given="".join(f"{each}\n" for each in wanted).encode())
        found, at = {}, 0
        for each in wanted:
            end = said.index(b"\n", at)
            words = said[at:end].split()
            if words[-1] == b"missing":
                raise SetupError(f"this clone lacks the content {each}. Get it: git fetch --refetch origin")
            size = int(words[2])
            found[each] = said[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def export(self, tree: Tree, folder: Path, chosen: Callable[[str], bool]) -> None:
        """Write the chosen ordinary files of a tree into an empty folder.

        It is not ``git archive``, because ``export-ignore`` of a reviewed tree could then hide files from the review.
        """
        rows = [
            f"{entry.mode} {entry.blob}\t{path}\0"
            for path, entry in tree.entries.items()
            if entry.mode in FILE_MODES and chosen(path)
        ]
        index = folder.parent / f"{folder.name}.index"
        self._run("update-index", "-z", "--index-info", given="".join(rows).encode(), index=index)
        self._git("--git-dir", str(self._place("")), "--work-tree", str(folder), "checkout-index", "--all", index=index)

    def _commit(self, word: str) -> str:
        if word.startswith("-"):
            return ""
        done = self._done("rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}")
        return done.stdout.decode().strip() if done.returncode == 0 else ""

    def _missing(self, word: str) -> str:
        """Return why a revision is not here and the exact command that brings it."""
        if self._git("rev-parse", "--is-shallow-repository").strip() != "true":
            return f"'{word}' is no revision of this repository. Branches: git branch --all. To get new ones: git fetch origin"
        return f"'{word}' is not in this shallow clone. Get it: {fetch_command(word)}"

    def _entries(self, tree: str) -> dict[str, Entry]:
        """Return the project's files of a tree or commit."""
        place = f"{tree}:{self._prefix}" if self._prefix else tree
        if self._done("cat-file", "-e", place).returncode:
            return {}
        found = {}
        for row in self._git("ls-tree", "-r", "-z", "--full-tree", place).split("\0"):
            if row:
                head, _, path = row.partition("\t")
                mode, _, blob = head.split(" ")
                found[path] = Entry(mode, blob)
        return found

    def _place(self, name: str) -> Path:
        return (self.root / self._git("rev-parse", "--git-path", name).strip()).resolve()

    def _git(self, *words: str, index: Path | None = None) -> str:
        return self._run(*words, index=index).decode()

    def _run(self, *words: str, given: bytes = b"", index: Path | None = None) -> bytes:
        done = self._done(*words, given=given, index=index)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise SetupError(f"git {words[0]}: {said[-1] if said else 'failed'}")
        return done.stdout

    def _done(self, *words: str, given: bytes = b"", index: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        settings = [word for each in SETTINGS for word in ("-c", each)]
        environment = self._environment | ({"GIT_INDEX_FILE": str(index)} if index else {})
        return subprocess.run(
            ["git", *settings, *words], cwd=self.root, env=environment, input=given, capture_output=True, check=False
        )


@contextmanager
def repository(root: Path) -> Iterator[Repository]:
    """Yield the git repository around a project; what it writes for reading is gone afterwards.

    Raises
    ------
    SetupError
        If git is not installed or the project is in no repository.
    """
    if shutil.which("git") is None:
        raise SetupError("git is not installed, but revisions are compared with it. Install git.")
    inside = subprocess.run(["git", "rev-parse", "--git-dir"], cwd=root, capture_output=True, check=False)
    if inside.returncode:
        raise SetupError(f"{root}: in no git repository, so there are no revisions. Begin one: git init")
    with TemporaryDirectory(prefix="enerqis-review-") as scratch:
        yield Repository(root, Path(scratch))


def fetch_command(word: str) -> str:
    """Return the git command that brings a revision into a shallow clone, and no more history than it needs."""
    ancestor = ANCESTOR.fullmatch(word)
    if ancestor:
        return f"git fetch --deepen={int(ancestor['steps'] or 1)} origin"
    if COMMIT.fullmatch(word):
        return f"git fetch --depth=1 origin {word}"
    branch = word.removeprefix("refs/remotes/").removeprefix("origin/").removeprefix("refs/heads/")
    return f"git fetch --depth=1 origin +refs/heads/{branch}:refs/remotes/origin/{branch}"
