"""Text files of the project: CSV, JSON or JSON lines, plain or gzipped, pinned by sha256 where a pin is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.delimited import read_text_table
from enerqis.io.raw import Origin, described, received
from enerqis.io.sources import project_file
from enerqis.spec.tabular import Layout, ProjectFile


class CsvParams(ConnectorParams):
    """Read text files that lie in the project."""

    kind: Literal["csv"] = "csv"
    files: tuple[ProjectFile, ...] = Field(min_length=1, description="files, in order")
    layout: Layout = Field(default_factory=Layout, description="how the bytes are laid out")


def sources(params: CsvParams, root: Path) -> tuple[RawFile, ...]:
    """Return name and digest of each file, held against its pin where it has one."""
    return described(_origins(params, root))


def fetch(params: CsvParams, root: Path, raw: Path) -> tuple[RawFile, ...]:
    """Copy each file into `raw` as it is."""
    return received(_origins(params, root), raw)


def read(params: CsvParams, raw: Path, files: Sequence[RawFile]) -> Iterator[Rows]:
    """Parse the copies in `raw`."""
    for index, (file, each) in enumerate(zip(files, params.files, strict=True)):
        for rows in read_text_table(raw / file.name, params.layout, name=file.source):
            yield Rows(index, each.symbol, *rows)


def _origins(params: CsvParams, root: Path) -> tuple[Origin, ...]:
    return tuple(Origin(project_file(root, each.file), each.file, each.sha256) for each in params.files)
