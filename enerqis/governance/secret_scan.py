"""Looking for secrets in the files of a project: those of git, new ones, and outputs that git does not keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from enerqis.governance.secret_shapes import Match, fingerprint, matches, readable
from enerqis.io.git import present_files
from enerqis.io.project import Project
from enerqis.io.secrets import forms
from enerqis.spec.secrets import Allowed

OUTPUTS = ("data", ".enerqis/log")
"""Folders that git ignores and people share all the same."""
MOST_BYTES = 64_000_000
"""A larger file is cut: columns of numbers hold no text of a person."""
STORED = "value of a stored secret"


class Place(NamedTuple):
    """What was found in one file."""

    path: str
    match: Match

    def __str__(self) -> str:
        """Render as the line an editor can jump to."""
        return f"{self.path}:{self.match.line}:1: {self.match.kind} (fingerprint {self.match.fingerprint})"


class Scanned(NamedTuple):
    """What a scan found, what it was told to allow and did not find, and how many files it read."""

    places: list[Place]
    stale: list[Allowed]
    files: int


def scan(
    project: Project, *, paths: Iterable[Path] = (), allowed: Iterable[Allowed] = (), values: Iterable[str] = ()
) -> Scanned:
    """Search files for what looks like a secret, and for the values of secrets themselves.

    Parameters
    ----------
    project : Project
    paths : iterable of Path
        Files and folders; none means all that `scanned_files` lists.
    allowed : iterable of Allowed
        Findings that are known to be none.
    values : iterable of str
        Secrets to look for as they are and encoded (`enerqis.io.secrets.forms`).
    """
    chosen = list(paths)
    files = sorted({file for path in chosen for file in _below(path)}) if chosen else scanned_files(project)
    wanted = [form.encode() for value in values for form in forms(value)]
    by_key = {(each.path, each.fingerprint): each for each in allowed}
    places: list[Place] = []
    used: set[tuple[str, str]] = set()
    for file in files:
        content = readable(_head(file))
        name = project.relative(file)
        for match in [*matches(content), *_stored(content, wanted)]:
            key = (name, match.fingerprint)
            if key in by_key and match.kind != STORED:
                used.add(key)
            else:
                places.append(Place(name, match))
    stale = [] if chosen else [each for key, each in by_key.items() if key not in used]
    return Scanned(places, stale, len(files))


def scanned_files(project: Project) -> list[Path]:
    """Return every file that git keeps or would keep, and every output, sorted; without git, every file but state."""
    known = {project.root / name for name in present_files(project.root)}
    if not known:
        known = {each for each in _below(project.root) if not each.is_relative_to(project.state)}
    known |= {file for folder in OUTPUTS for file in _below(project.root / folder)}
    return sorted(path for path in known if path.is_file() and not path.is_symlink())


def _below(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (each for each in path.rglob("*") if each.is_file() and not each.is_symlink())
    elif path.is_file():
        yield path


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MOST_BYTES)


def _stored(content: bytes, wanted: Iterable[bytes]) -> Iterator[Match]:
    for form in wanted:
        start = content.find(form)
        if start >= 0:
            yield Match(STORED, content.count(b"\n", 0, start) + 1, fingerprint(form))
