"""Bars to their partitions: written and hashed behind the caller, who goes on with the next year meanwhile."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from enerqis.core.tables import BARS
from enerqis.io.hashing import TableHasher
from enerqis.io.parquet import bar_file, write_table

WAITING_MAX = 2
"""Tables that may wait for a thread: what bounds memory."""


class PartitionWriter:
    """Writer of ``symbol=SYMBOL/year=YEAR/part.parquet`` and hasher of all bars in the order they are given.

    One thread writes, one hashes, each in order, so that the result does not depend on their speed. An error of a thread is
    raised by a later call.

    Parameters
    ----------
    folder : Path
        Empty folder of the dataset's bars.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hasher = TableHasher(BARS)
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
        """Write the sorted bars of one symbol and year, and add them to the digest."""
        path = bar_file(self._folder, symbol, year)
        path.parent.mkdir(parents=True, exist_ok=True)
        writing, hashing = self._threads
        self._waiting.append(writing.submit(write_table, table, path))
        self._waiting.append(hashing.submit(self._hasher.update, table))
        while len(self._waiting) > 2 * WAITING_MAX:
            self._waiting.popleft().result()

    def content_digest(self) -> str:
        """Wait until all is written; return the digest of the logical content."""
        while self._waiting:
            self._waiting.popleft().result()
        return self._hasher.hexdigest()
