"""Raw files: bytes from outside described where they lie, or copied as received, each held against its pin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from enerqis.io.sources import checked_digest, copy_as_received


class Origin(NamedTuple):
    """Where the bytes of one raw file are found.

    Parameters
    ----------
    path : Path
        The file.
    source : str
        Where it came from, for people: package and file, or the path in the project.
    pin : str or None
        SHA-256 that its bytes must have; None = whatever they are.
    """

    path: Path
    source: str
    pin: str | None


class RawFile(NamedTuple):
    """One file of raw bytes as received.

    Parameters
    ----------
    name : str
        File name inside the raw folder.
    sha256 : str
        Digest of its bytes.
    size : int
        Bytes.
    source : str
        Where it came from, for people: package and file, or the path in the project.
    """

    name: str
    sha256: str
    size: int
    source: str


def described(origins: Sequence[Origin]) -> tuple[RawFile, ...]:
    """Return name and digest of each file where it lies.

    Raises
    ------
    DataError
        If a file misses its pin.
    """
    found = []
    for name, each in zip(_names(origins), origins, strict=True):
        digest = checked_digest(each.path, source=each.source, pin=each.pin)
        found.append(RawFile(name, digest, each.path.stat().st_size, each.source))
    return tuple(found)


def received(origins: Sequence[Origin], folder: Path) -> tuple[RawFile, ...]:
    """Copy each file into the raw folder as it is and return what is there.

    Raises
    ------
    DataError
        If a file is empty, misses its pin, cannot be read, or changes while it is copied.
    StageError
        If the disk is full.
    """
    found = []
    for name, each in zip(_names(origins), origins, strict=True):
        digest = copy_as_received(each.path, folder / name, source=each.source, pin=each.pin)
        found.append(RawFile(name, digest, (folder / name).stat().st_size, each.source))
    return tuple(found)


def _names(origins: Sequence[Origin]) -> tuple[str, ...]:
    """Return a name in the raw folder for each file: the last part of its source; where two are the same, all are numbered."""
    names = tuple(PurePosixPath(each.source).name for each in origins)
    if len(set(names)) == len(names):
        return names
    return tuple(f"{place}_{name}" for place, name in enumerate(names, start=1))
