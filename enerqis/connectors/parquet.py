"""Parquet files of the project, pinned by sha256 where a pin is given. Typed columns pass as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from enerqis.core.errors import DataError
from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.delimited import numbered
from enerqis.io.raw import Origin, described, received
from enerqis.io.sources import project_file
from enerqis.spec.tabular import ProjectFile

ROWS_PER_BATCH = 1 << 17


class ParquetParams(ConnectorParams):
    """Read Parquet files that lie in the project."""

    kind: Literal["parquet"] = "parquet"
    files: tuple[ProjectFile, ...] = Field(min_length=1, description="files, in order")


def sources(params: ParquetParams, root: Path) -> tuple[RawFile, ...]:
    """Return name and digest of each file, held against its pin where it has one."""
    return described(_origins(params, root))


def fetch(params: ParquetParams, root: Path, raw: Path) -> tuple[RawFile, ...]:
    """Copy each file into `raw` as it is."""
    return received(_origins(params, root), raw)


def read(params: ParquetParams, raw: Path, files: Sequence[RawFile]) -> Iterator[Rows]:
    """Read the copies in `raw`, batch by batch."""
    for index, (file, each) in enumerate(zip(files, params.files, strict=True)):
        first_row = 1
        try:
            for batch in pq.ParquetFile(raw / file.name).iter_batches(ROWS_PER_BATCH):
                yield Rows(index, each.symbol, pa.Table.from_batches([batch]), numbered(first_row, batch.num_rows))
                first_row += batch.num_rows
        except (pa.ArrowInvalid, OSError) as exc:
            raise DataError(f"{file.source}: no Parquet file, or damaged: {exc}. Fetch the file again.") from exc


def _origins(params: ParquetParams, root: Path) -> tuple[Origin, ...]:
    return tuple(Origin(project_file(root, each.file), each.file, each.sha256) for each in params.files)
