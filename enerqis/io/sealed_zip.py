"""Zip archives whose bytes follow from their files alone, and reading one back with distrust.

Members are stored, not compressed (compressors differ between machines, and nothing that is stored is a bomb), sorted, with one
date and one mode; there are no folders, comments or extra fields. So the archive of some files is one text of bytes, and an
archive that was touched anywhere is not that text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import NamedTuple

DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip archive can hold."""

FILE_MODE = 0o100644 << 16
UNIX = 3
LARGEST_BYTES = 256 * 1024**2
"""A package is a few megabytes; what is larger is not read."""

LEADS_OUT = re.compile(r"^[/\\~]|^[A-Za-z]:|\\|(?:^|/)\.\.?(?:/|$)|//|\0")
"""A member's name that is absolute, or leads out of the folder it is unpacked into, on any system."""


class Opened(NamedTuple):
    """What reading an archive gave.

    Parameters
    ----------
    files : dict of str to bytes
        By name, sorted; empty where the archive is not to be trusted at all.
    faults : tuple of str
        One sentence each.
    """

    files: dict[str, bytes]
    faults: tuple[str, ...]


def sealed(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of some files, by their names in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, DATE)
            member.create_system = UNIX
            member.external_attr = FILE_MODE
            archive.writestr(member, files[name])
    return target.getvalue()


def opened(data: bytes) -> Opened:
    """Return the files of an archive and everything that is wrong with it; nothing is written anywhere."""
    if len(data) > LARGEST_BYTES:
        return Opened({}, (f"larger than {LARGEST_BYTES} bytes: not read",))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            faults = tuple(fault for each in members for fault in _member_faults(each)) + tuple(_doubled(members))
            declared = sum(each.file_size for each in members)
            if declared > len(data):
                faults += (f"its files say they are {declared} bytes, the archive is {len(data)}: a bomb, not read",)
            if faults:
                return Opened({}, faults)
            files = {each.filename: archive.read(each) for each in members}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as exc:
        return Opened({}, (f"no archive, cut off or damaged: {exc}",))
    if sealed(files) != data:
        return Opened(
            files, ("its bytes are not those that its files give: something was added around or between them",)
        )
    return Opened(dict(sorted(files.items())), ())


def _member_faults(member: zipfile.ZipInfo) -> Iterator[str]:
    """Yield what a member is that no member of a sealed archive is; its content is not looked at."""
    name = member.orig_filename
    if LEADS_OUT.search(name):
        yield f"{name!r}: leads out of the archive"
    elif member.is_dir():
        yield f"{name}: a folder"
    elif member.external_attr != FILE_MODE:
        yield f"{name}: not a plain file of mode 0644: a link, or of another mode"
    if member.flag_bits & 0x1:
        yield f"{name}: encrypted"
    elif member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
        yield f"{name}: compressed: it may be a bomb, and a package stores its files as they are"


def _doubled(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen: set[str] = set()
    for each in members:
        folded = each.filename.casefold()
        if folded in seen:
            yield f"{each.filename}: stands in it twice"
        seen.add(folded)
