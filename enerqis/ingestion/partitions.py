"""Bars to their partitions: written and hashed behind the caller, who goes on with the next year meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from enerqis.core.tables import BARS
from enerqis.io.hashing import digest, table_digest
from enerqis.io.parquet import bar_file, read_table, write_table

BARS_DOMAIN = "enerqis/bars/1"
WAITING_MAX = 2
"""Tables that may wait for a thread: what bounds memory."""


class PartitionWriter:
    """Writer of ``symbol=SYMBOL/year=YEAR/part.parquet`` and hasher of what each holds.

    One thread writes, one hashes, each in order, so that the result does not depend on their speed. An error of a thread is
    raised by a later call.

    Parameters
    ----------
    folder : Path
        Empty folder of the dataset's bars.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: dict[str, str] = {}
        self._threads = (ThreadPoolExecutor(1, "write"), ThreadPoolExecutor(1, "hash"))
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for thread in self._threads:
            thread.shutdown(wait=True, cancel_futures=error is not None)

    def write(self, table: pa.Table, symbol: str, year: int) -> None:
        """Write the sorted bars of one symbol and year, all of them, and hash them."""
        path = bar_file(self._folder, symbol, year)
        path.parent.mkdir(parents=True, exist_ok=True)
        writing, hashing = self._threads
        self._waiting.append(writing.submit(write_table, table, path))
        self._waiting.append(hashing.submit(self._hash, table, partition(symbol, year)))
        while len(self._waiting) > 2 * WAITING_MAX:
            self._waiting.popleft().result()

    def digests(self) -> dict[str, str]:
        """Wait until all is written; return the digest of the logical content of each partition, sorted by name."""
        while self._waiting:
            self._waiting.popleft().result()
        return dict(sorted(self._digests.items()))

    def _hash(self, table: pa.Table, name: str) -> None:
        self._digests[name] = table_digest([table], BARS)


def partition(symbol: str, year: int) -> str:
    """Return the name of one partition, as manifests and messages have it."""
    return f"{symbol}/{year}"


def bars_digest(partitions: Mapping[str, str]) -> str:
    """Return the digest of the logical content of all bars from those of their partitions."""
    return digest(BARS_DOMAIN, dict(partitions))


def partition_digests(parquet: Path) -> dict[str, str]:
    """Return the digest of each partition as it lies on the disk, sorted by name.

    Raises
    ------
    DataError
        If a partition is not a table of bars.
    """
    found = {}
    for path in parquet.glob("symbol=*/year=*/*.parquet"):
        symbol, year = (folder.name.partition("=")[2] for folder in (path.parent.parent, path.parent))
        name = partition(symbol.replace("%2F", "/").replace("%25", "%"), int(year))
        found[name] = table_digest([read_table(path, BARS)], BARS)
    return dict(sorted(found.items()))
