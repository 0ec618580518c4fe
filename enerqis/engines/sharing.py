"""How a run is divided: rows into tiles that follow each other, configurations into shares that run side by side."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

Made = TypeVar("Made")


def threads_here() -> int:
    """Return the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tiles(start: int, stop: int, size: int) -> list[tuple[int, int]]:
    """Return first and last (exclusive) row of each tile of the rows from `start` up to `stop`."""
    return [(first, min(first + size, stop)) for first in range(start, stop, size)]


class Share(NamedTuple):
    """Configurations `first` to `last` (exclusive), the `number`-th part of a batch."""

    number: int
    first: int
    last: int


def spread(run: Callable[[Share], None], count: int, threads: int, executor: ThreadPoolExecutor | None) -> None:
    """Run shares of `count` configurations side by side; each configuration is computed alone, so shares do not matter."""
    shares = min(count, threads)
    edges = [count * i // shares for i in range(shares + 1)]
    if executor is None or shares == 1:
        run(Share(0, 0, count))
    else:
        list(executor.map(run, (Share(i, *pair) for i, pair in enumerate(itertools.pairwise(edges)))))


def ahead(prepare: Callable[[int], Made], count: int, executor: ThreadPoolExecutor | None) -> Iterator[Made]:
    """Yield what `prepare` makes of 0, 1 and so on; with an executor, each while the one before it is in use.

    Never are more than two in use or in the making, and never two in the making.
    """
    if executor is None or count == 0:
        yield from map(prepare, range(count))
        return
    coming = executor.submit(prepare, 0)
    for number in range(1, count + 1):
        made = coming.result()
        if number < count:
            coming = executor.submit(prepare, number)
        yield made
