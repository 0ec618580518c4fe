"""Text files of the project: CSV, JSON or JSON lines, plain or gzipped, pinned by sha256 where a pin is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from enerqis.core.units import Name, Sha256
from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.delimited import read_text_table
from enerqis.io.sources import checked_digest, copy_as_received, project_file, raw_names
from enerqis.spec.base import Spec
from enerqis.spec.tabular import InsidePath, Layout


class CsvFile(Spec):
    """One file of the project."""

    file: InsidePath = Field(description="path in the project, such as prices/eurusd.csv")
    sha256: Sha256 | None = Field(None, description="digest of its bytes; null = whatever the file holds")
    symbol: Name | None = Field(None, description="instrument of the whole file; null = a column names it")


class CsvParams(ConnectorParams):
    """Read text files that lie in the project."""

    kind: Literal["csv"] = "csv"
    files: tuple[CsvFile, ...] = Field(min_length=1, description="files, in order")
    layout: Layout = Field(default_factory=Layout, description="how the bytes are laid out")


def sources(params: CsvParams, root: Path) -> tuple[RawFile, ...]:
    """Return name and digest of each file, held against its pin where it has one."""
    found = []
    for name, each in zip(_names(params), params.files, strict=True):
        path = project_file(root, each.file)
        digest = checked_digest(path, source=each.file, pin=each.sha256)
        found.append(RawFile(name, digest, path.stat().st_size, each.file))
    return tuple(found)


def fetch(params: CsvParams, root: Path, raw: Path) -> tuple[RawFile, ...]:
    """Copy each file into `raw` as it is."""
    found = []
    for name, each in zip(_names(params), params.files, strict=True):
        digest = copy_as_received(project_file(root, each.file), raw / name, source=each.file, pin=each.sha256)
        found.append(RawFile(name, digest, (raw / name).stat().st_size, each.file))
    return tuple(found)


def read(params: CsvParams, raw: Path, files: Sequence[RawFile]) -> Iterator[Rows]:
    """Parse the copies in `raw`."""
    for index, (file, each) in enumerate(zip(files, params.files, strict=True)):
        first_row = 1
        for table, malformed in read_text_table(raw / file.name, params.layout, name=file.source):
            yield Rows(index, each.symbol, first_row, table, malformed)
            first_row += table.num_rows


def _names(params: CsvParams) -> tuple[str, ...]:
    return raw_names([each.file for each in params.files])
