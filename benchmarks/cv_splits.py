"""Combinatorial purged splits of 1,000,000 rows, as ranges and as row numbers, beside skfolio's in the same run.

CPU seconds, the best of three; memory is the peak that Python's allocator saw, all splits held at once.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from skfolio.model_selection import CombinatorialPurgedCV

from enerqis.cv import combinatorial_purged as scheme
from enerqis.interfaces.splitter import Splitter

ROWS, FOLDS, TESTS, GAP = 1_000_000, 10, 2, 100
REPEATS = 3


def measured(action: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the CPU seconds, the peak in MB and the result of `action`."""
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        action()
        seconds.append(time.process_time() - started)
    tracemalloc.start()
    result = action()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return min(seconds), peak, result


def main() -> None:
    """Print the figures; the row numbers must be equal."""
    params = scheme.CombinatorialPurgedParams(n_folds=FOLDS, n_test_folds=TESTS, purge_bars=GAP, embargo_bars=GAP)
    ts = np.arange(ROWS, dtype=np.int64) * 60_000_000_000
    rows = np.empty((ROWS, 1))
    ours = Splitter(scheme, params)
    theirs = CombinatorialPurgedCV(FOLDS, TESTS, purged_size=GAP, embargo_size=GAP)
    ranges = measured(lambda: list(ours.on(ts).intervals()))
    numbers = measured(lambda: list(ours.split(rows, groups=ts)))
    peer = measured(lambda: list(theirs.split(rows)))
    for (train, test), (their_train, their_tests) in zip(numbers[2], peer[2], strict=True):
        if not (np.array_equal(train, their_train) and np.array_equal(test, np.concatenate(their_tests))):
            raise SystemExit("the splits differ from skfolio's")
    print(f"{ROWS:,} rows, {len(ranges[2])} splits, purge and embargo {GAP}")
    print(f"ranges              {ranges[0]:7.3f} s {ranges[1]:6.0f} MB   (allowed: milliseconds)")
    print(f"row numbers         {numbers[0]:7.3f} s {numbers[1]:6.0f} MB   (allowed: 0.4 s, 250 MB)")
    print(f"skfolio 1.12        {peer[0]:7.3f} s {peer[1]:6.0f} MB   the same row numbers")


if __name__ == "__main__":
    main()
