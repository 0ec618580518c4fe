"""Two hundred random specs in kernel and zipline: order for order, over every knob, cost and limit. The tests do twenty."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.own_tests import mount

SPECS = 200


def main() -> int:
    """Print the specs whose results part, with the first difference, and return how many they are."""
    mount()
    from enerqis.engines import kernel, zipline
    from enerqis.quant.comparison import Books, compare
    from tests.engines.scenes import PLAIN
    from tests.engines.test_zipline_random_specs import job_by_chance

    parted, orders, fills, largest = 0, 0, 0, 0.0
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(SPECS):
            job = job_by_chance(seed)
            one = kernel.backtest(job, cache_folder=Path(folder), build=PLAIN)
            other = zipline.backtest(job, cache_folder=Path(folder))
            found = compare(*(Books(each.orders, each.fills, each.equity, each.positions) for each in (one, other)))
            orders, fills = orders + found.orders.left, fills + found.fills.left
            largest = max(largest, found.max_relative_equity_difference)
            if not found.is_none:
                parted += 1
                print(f"seed {seed}: {job.execution}", *found.lines("kernel", "zipline"), sep="\n")
    seconds = time.perf_counter() - started
    print(f"{SPECS} random specs, {orders} orders, {fills} fills: {parted} part; largest relative difference of equity")
    print(f"{largest:.1e}; {seconds:.0f} s")
    return parted


if __name__ == "__main__":
    sys.exit(main())
