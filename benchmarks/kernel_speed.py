"""The kernel beside the hand-written loop: one run of a million bars, and 100 configurations over 100,000 bars.

Run ``python -m benchmarks.kernel_speed``. Ratios of one run count; absolute times depend on what else the machine does.
"""

from __future__ import annotations

import importlib
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from enerqis.costs import no_slippage, notional_bps
from enerqis.costs.no_slippage import NoSlippageParams
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.engines.kernel import backtest, batch
from enerqis.engines.sharing import threads_here
from enerqis.interfaces.engine import Job, Panel, Plugged
from enerqis.interfaces.risk import LimitParams
from enerqis.io.plugins import params_class, scan
from enerqis.spec.execution import Execution
from enerqis.strategies import sma_cross
from enerqis.strategies.sma_cross import SmaCrossParams

KERNELS = Path(".enerqis/kernels")
GRID = [(fast, slow) for fast in range(5, 55, 5) for slow in range(60, 160, 10)]
COMMISSION_BPS, CASH = 0.1, 1_000_000.0
AIMS = {"one run": 0.04, "limits off": 1 / 3, "all limits on": 0.25, "memory": 400, "second process": 1.5}
"""Seconds of one run and of a second process; shares of the hand-written loop; MB."""

LOOSE = {"max_loss_fraction": 0.9, "max_giveback_fraction": 0.9, "max_gain_fraction": 9.0, "max_held_bars": 1_000_000,
         "max_daily_loss_fraction": 0.9, "max_drawdown_fraction": 0.95, "start_drawdown_fraction": 0.9}  # fmt: skip


def panel(rows: int, seed: int = 20240607) -> Panel:
    """Return seeded minute bars on a grid of 0.0001."""
    random = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(random.normal(0, 5e-4, rows))), 4)
    opens = np.round(np.concatenate([[100.0], close[:-1]]) * np.exp(random.normal(0, 5e-5, rows)), 4)
    ts = np.int64(1_577_836_800_000_000_000) + np.arange(1, rows + 1) * 60_000_000_000
    columns = {
        "ts_open": ts - 60_000_000_000, "open": opens, "high": np.maximum(opens, close), "low": np.minimum(opens, close),
        "close": close, "volume": np.ones(rows), "split_factor": np.ones(rows), "dividend": np.zeros(rows),
    }  # fmt: skip
    shaped = {name: values.reshape(-1, 1) for name, values in columns.items()}
    return Panel(
        symbols=("X",), ts=ts, session=np.arange(rows) // 390, tick_size=np.array([0.0001]), features={}, **shaped
    )


def limits() -> dict[str, Plugged]:
    """Return every shipped limit, so loose that none binds."""
    found = {}
    for kind in scan("risk", None):
        params = params_class(scan("risk", None)[kind], LimitParams)
        assert params is not None
        numbers = {name: LOOSE[name] for name in params.model_fields if name in LOOSE}
        found[kind] = Plugged(importlib.import_module(f"enerqis.risk.{kind}"), params(**numbers))
    return found


COMMISSION = Plugged(notional_bps, NotionalBpsParams(commission_bps=COMMISSION_BPS))
SLIPPAGE = Plugged(no_slippage, NoSlippageParams())
EXECUTION = Execution(initial_cash=CASH)
"""What all configurations share, as the points of a sweep do."""


def job(bars: Panel, fast: int, slow: int, on: dict[str, Plugged]) -> Job:
    """Return one configuration."""
    strategy = Plugged(sma_cross, SmaCrossParams(fast_bars=fast, slow_bars=slow))
    return Job(bars, strategy, COMMISSION, SLIPPAGE, on, EXECUTION, 0)


def best(run, repeats: int = 7) -> float:
    """Return the shortest of some wall times, in seconds, after one unmeasured run."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def handwritten_run(bars: Panel, pairs: list[tuple[int, int]] = GRID):
    """Return the yardstick over a grid, ready to call."""
    from benchmarks.handwritten import sweep

    windows = np.array(sorted({window for pair in pairs for window in pair}))
    fast, slow = (np.searchsorted(windows, [pair[i] for pair in pairs]) for i in (0, 1))
    opens, closes = bars.open[:, 0].copy(), bars.close[:, 0].copy()
    ticks = np.round(closes / bars.tick_size[0])
    return lambda: sweep(opens, closes, ticks, windows, fast, slow, COMMISSION_BPS / 1e4, CASH, threads_here(), 4096)


def second_process() -> float:
    """Return the seconds of a new process from its start to its first result, kernels being on disk."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.kernel_speed", "--ready"], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    if sys.argv[1:] == ["--ready"]:
        backtest(job(panel(1000), 10, 30, {}), cache_folder=KERNELS)
        return
    million = job(panel(1_000_000), 10, 30, {})
    seconds = best(lambda: backtest(million, cache_folder=KERNELS))
    print(f"one config, 1,000,000 bars, fills and equity: {seconds:.3f} s (aim {AIMS['one run']})")
    bars = panel(100_000)
    yardstick = best(handwritten_run(bars))
    values = len(GRID) * bars.ts.size / 1e6
    print(f"handwritten: {values / yardstick:.0f} million bar-configs/s")
    for name, on in (("limits off", {}), ("all limits on", limits())):
        jobs = [job(bars, fast, slow, on) for fast, slow in GRID]
        seconds = best(lambda jobs=jobs: batch(jobs, cache_folder=KERNELS))
        share = f"{yardstick / seconds:.2f} of handwritten (aim {AIMS[name]:.2f})"
        print(f"kernel, {name}: {values / seconds:.0f} million bar-configs/s, {share}")
    equity = batch([job(bars, *pair, {}) for pair in GRID], cache_folder=KERNELS).final_equity
    apart = np.abs(equity - handwritten_run(bars)()[:, 0])
    print(f"equity agrees with handwritten to the cent in {int((apart < 0.005).sum())} of {len(GRID)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory, the run of a million bars included: {peak:.0f} MB (aim for the batch {AIMS['memory']})")
    print(f"second process, start to result: {second_process():.2f} s (aim {AIMS['second process']})")


if __name__ == "__main__":
    main()
