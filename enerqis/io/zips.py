"""Zip archives: their members put into a folder as plain files."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from enerqis.core.errors import DataError


def unpacked(archive: Path, folder: Path, *, name: str) -> dict[str, Path]:
    """Unpack `archive` into `folder` and return the path of each member by its name, sorted by name.

    Parameters
    ----------
    archive : Path
    folder : Path
        Empty; members lie flat in it, whatever folders their names say.
    name : str
        What messages call the archive.

    Raises
    ------
    DataError
        If it is no zip archive, damaged, encrypted or without members.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            names = sorted(each.filename for each in packed.infolist() if not each.is_dir())
            members = {member: folder / f"{index}_{PurePosixPath(member).name}" for index, member in enumerate(names)}
            for member, path in members.items():
                with packed.open(member) as reader, path.open("wb") as writer:
                    shutil.copyfileobj(reader, writer)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as exc:
        raise DataError(f"{name}: no zip archive, damaged or encrypted: {exc}. Fetch the file again.") from exc
    if not members:
        raise DataError(f"{name}: the archive is empty. Fetch the file again.")
    return members
