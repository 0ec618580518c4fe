"""Finished parts of a sweep, kept until the whole is: a sweep that was killed carries on from them.

A part is found by what it is: the run ids of its points, each with the part of the bars it was run over.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from enerqis.core.errors import DataError
from enerqis.io.atomic import replace, scratch_folder
from enerqis.io.hashing import digest
from enerqis.io.parquet import read_table, write_table

CHUNK_DOMAIN = "enerqis/chunk/1"


class Chunks:
    """Parts of one sweep.

    Parameters
    ----------
    folder : Path
        Made on first use.
    schema : pyarrow.Schema
        Columns of a part.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder = folder
        self._schema = schema
        self._used: list[Path] = []

    def find(self, points: Sequence[tuple[str, float]]) -> pa.Table | None:
        """Return the part of these points, or None where it was not finished."""
        path = self._path(points)
        try:
            return read_table(path, self._schema) if path.is_file() else None
        except DataError:
            return None

    def keep(self, points: Sequence[tuple[str, float]], table: pa.Table) -> None:
        """Keep a finished part, whole or not at all."""
        with scratch_folder(self._folder) as work:
            path = work / "part.parquet"
            write_table(table, path)
            replace(path, self._path(points))

    def forget(self) -> None:
        """Remove all parts that were found or kept: the whole holds them now."""
        for path in self._used:
            path.unlink(missing_ok=True)

    def _path(self, points: Sequence[tuple[str, float]]) -> Path:
        path = self._folder / f"{digest(CHUNK_DOMAIN, list(points))}.parquet"
        if path not in self._used[-1:]:
            self._used.append(path)
        return path
