"""How a run is divided: rows into tiles that follow each other, configurations into shares that run side by side."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Made = TypeVar("Made")
Step = TypeVar("Step")


def threads_here() -> int:
    """Return the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tiles(start: int, stop: int, size: int) -> list[tuple[int, int]]:
    """Return first and last (exclusive) row of each tile of the rows from `start` up to `stop`."""
    return [(first, min(first + size, stop)) for first in range(start, stop, size)]


def shares(count: int, threads: int) -> list[tuple[int, int]]:
    """Return first and last (exclusive) of each share of `count` configurations, one a thread, none empty."""
    parts = max(1, min(count, threads))
    edges = [count * i // parts for i in range(parts + 1)]
    return list(itertools.pairwise(edges))


def chunks(steps: Sequence[Step], size: int) -> Iterator[Sequence[Step]]:
    """Return `steps` in runs of `size`, at least one each."""
    return (steps[i : i + max(1, size)] for i in range(0, len(steps), max(1, size)))


def in_turn(things: Sequence[Callable[[], None]]) -> None:
    """Do some things one after the other."""
    for thing in things:
        thing()


@contextmanager
def side_by_side(threads: int) -> Iterator[Callable[[Sequence[Callable[[], None]]], None]]:
    """Give a function that does some things, each on a thread of its own, and raises the error of the first that fails."""
    if threads == 1:
        yield in_turn
        return
    with ThreadPoolExecutor(threads) as executor:

        def together(things: Sequence[Callable[[], None]]) -> None:
            for done in [executor.submit(thing) for thing in things]:
                done.result()

        yield together


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
