"""Files inside installed packages: the embedded sample. Opened in place, pinned by sha256, nothing imported."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import Field

from enerqis.core.errors import DataError, SetupError
from enerqis.core.units import Name, Sha256
from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.delimited import read_text_table
from enerqis.io.raw import Origin, described, received
from enerqis.spec.base import Place, Spec
from enerqis.spec.tabular import InsidePath, Layout

SHOWN = 12
"""Names of a folder that a message lists."""


class PackageFile(Spec):
    """One file of the package."""

    file: InsidePath = Field(description="path inside the package, such as data/wti/wti.csv.gz")
    sha256: Sha256 = Field(description="digest of its bytes")
    symbol: Name | None = Field(None, description="instrument of the whole file; null = a column names it")


class PackageFileParams(ConnectorParams):
    """Read files that lie inside an installed Python package."""

    kind: Literal["package_file"] = "package_file"
    package: Place = Field(description="import name of the package, such as arch", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    files: tuple[PackageFile, ...] = Field(min_length=1, description="files, in order")
    layout: Layout = Field(default_factory=Layout, description="how the bytes are laid out")


def absent(params: PackageFileParams) -> dict[int, str]:
    """Return what is wrong with each file, by its place, that the package lacks; nothing where it is not installed."""
    try:
        folder = _folder(params.package)
    except SetupError:
        return {}
    return {
        index: f"the installed package '{params.package}' has no such file. {_beside(folder, each.file)}"
        for index, each in enumerate(params.files)
        if not folder.joinpath(*PurePosixPath(each.file).parts).is_file()
    }


def sources(params: PackageFileParams, root: Path) -> tuple[RawFile, ...]:  # noqa: ARG001  (the interface's signature)
    """Return name and digest of each file, each held against its pin."""
    return described(_origins(params))


def fetch(params: PackageFileParams, root: Path, raw: Path) -> tuple[RawFile, ...]:  # noqa: ARG001  (as above)
    """Copy each file into `raw` as it is in the package."""
    return received(_origins(params), raw)


def read(params: PackageFileParams, raw: Path, files: Sequence[RawFile]) -> Iterator[Rows]:
    """Parse the copies in `raw`."""
    for index, (file, each) in enumerate(zip(files, params.files, strict=True)):
        for rows in read_text_table(raw / file.name, params.layout, name=file.source):
            yield Rows(index, each.symbol, *rows)


def _origins(params: PackageFileParams) -> tuple[Origin, ...]:
    folder = _folder(params.package)
    return tuple(
        Origin(_path(folder, params.package, each.file), f"{params.package}/{each.file}", each.sha256)
        for each in params.files
    )


def _folder(package: str) -> Path:
    """Return the folder of an installed package without importing it.

    Raises
    ------
    SetupError
        If it is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(
            f"package '{package}' is not installed. The sample's packages come with: pip install enerqis[sample]"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _beside(folder: Path, file: str) -> str:
    """Return what lies in the last folder of `file` that there is, so that a mistyped name is seen."""
    steps = PurePosixPath(file).parts[:-1]
    known = list(itertools.takewhile(Path.is_dir, itertools.accumulate(steps, Path.joinpath, initial=folder)))
    names = sorted(path.name for path in known[-1].iterdir() if not path.name.startswith("_"))
    place = "/".join(steps[: len(known) - 1]) or "it"
    shown = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
    return f"In {place} there is: {shown}."


def _path(folder: Path, package: str, file: str) -> Path:
    path = folder.joinpath(*PurePosixPath(file).parts)
    if not path.is_file():
        raise DataError(f"{package}/{file}: the installed package '{package}' has no such file; is it another version?")
    return path
