"""Parquet files of the project, pinned by sha256 where a pin is given. Typed columns pass as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from enerqis.core.errors import DataError
from enerqis.core.units import Name, Sha256
from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.sources import checked_digest, copy_as_received, project_file, raw_names
from enerqis.spec.base import Spec
from enerqis.spec.tabular import InsidePath

ROWS_PER_BATCH = 1 << 17


class ParquetFile(Spec):
    """One file of the project."""

    file: InsidePath = Field(description="path in the project, such as prices/eurusd.parquet")
    sha256: Sha256 | None = Field(None, description="digest of its bytes; null = whatever the file holds")
    symbol: Name | None = Field(None, description="instrument of the whole file; null = a column names it")


class ParquetParams(ConnectorParams):
    """Read Parquet files that lie in the project."""

    kind: Literal["parquet"] = "parquet"
    files: tuple[ParquetFile, ...] = Field(min_length=1, description="files, in order")


def sources(params: ParquetParams, root: Path) -> tuple[RawFile, ...]:
    """Return name and digest of each file, held against its pin where it has one."""
    found = []
    for name, each in zip(_names(params), params.files, strict=True):
        path = project_file(root, each.file)
        digest = checked_digest(path, source=each.file, pin=each.sha256)
        found.append(RawFile(name, digest, path.stat().st_size, each.file))
    return tuple(found)


def fetch(params: ParquetParams, root: Path, raw: Path) -> tuple[RawFile, ...]:
    """Copy each file into `raw` as it is."""
    found = []
    for name, each in zip(_names(params), params.files, strict=True):
        digest = copy_as_received(project_file(root, each.file), raw / name, source=each.file, pin=each.sha256)
        found.append(RawFile(name, digest, (raw / name).stat().st_size, each.file))
    return tuple(found)


def read(params: ParquetParams, raw: Path, files: Sequence[RawFile]) -> Iterator[Rows]:
    """Read the copies in `raw`, batch by batch."""
    for index, (file, each) in enumerate(zip(files, params.files, strict=True)):
        first_row = 1
        try:
            for batch in pq.ParquetFile(raw / file.name).iter_batches(ROWS_PER_BATCH):
                yield Rows(index, each.symbol, first_row, pa.Table.from_batches([batch]))
                first_row += batch.num_rows
        except (pa.ArrowInvalid, OSError) as exc:
            raise DataError(f"{file.source}: no Parquet file, or damaged: {exc}. Fetch the file again.") from exc


def _names(params: ParquetParams) -> tuple[str, ...]:
    return raw_names([each.file for each in params.files])
