"""Sweeps: a thousand points from the shell to the summary, 400 points over 100,000 bars beside their peers, search overhead.

Run ``python -m benchmarks.sweep_speed``. Seconds of processor time stand beside seconds of the clock, because other work on the
machine changes only the latter; ratios of one run count.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.kernel_speed import KERNELS, best, handwritten_run, job, panel
from benchmarks.other_engines import agreement, peer, save
from benchmarks.sweeping import EXPERIMENT, project_of_bars
from enerqis.engines.kernel import batch
from enerqis.quant.constraints import parse_constraint
from enerqis.search import tpe

POINTS, BARS = 1_000, 2_500
LONG_BARS = 100_000
LARGE = [(fast, slow) for fast in range(5, 25) for slow in range(30, 130, 5)]
TRIALS, BATCH = 1_000, 50
SPACE = {
    "strategy.fast_bars": {"kind": "int", "low": 2, "high": 50},
    "strategy.slow_bars": {"kind": "int", "low": 60, "high": 300},
}


def seconds_of(words: list[str], folder: Path) -> tuple[float, float]:
    """Return seconds of the clock and of the processor that a command takes."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def from_the_shell(folder: Path) -> None:
    """A thousand points over 2,500 daily bars, the kernel on disk, from the shell to the summary."""
    project = project_of_bars(folder / "project", bars=BARS)
    command = [sys.executable, "-m", "enerqis.cli", "run", "-m", f"experiment={EXPERIMENT}"]
    seconds_of([*command, "strategy.fast_bars=2,3", "strategy.slow_bars=4,5"], project)  # bars, features, kernel
    bare = min(seconds_of([sys.executable, "-c", "pass"], project) for _ in range(3))
    few = seconds_of([*command, "strategy.fast_bars=2,4", "strategy.slow_bars=5,6"], project)
    runs = []
    for fast in (5, 6, 7):
        words = [f"strategy.fast_bars=range({fast},{fast + 20})", "strategy.slow_bars=range(30,80)"]
        runs.append(seconds_of([*command, *words, "--quiet"], project))
    wall, cpu = min(runs)[0] - bare[0], min(run[1] for run in runs) - bare[1]
    each = (cpu - few[1] + bare[1]) / (POINTS - 4) * 1e3
    print(f"{POINTS} points, {BARS} bars, from the shell to the summary: {wall:.2f} s, {cpu:.2f} s of processor")
    print(f"  of these four points take {few[1] - bare[1]:.2f} s of processor: {each:.2f} ms a further point")


def beside_peers(folder: Path) -> None:
    """400 points over 100,000 bars with drawdown and Sharpe ratio, beside the hand-written loop and vectorbt."""
    bars = panel(LONG_BARS)
    jobs = [job(bars, fast, slow, {}) for fast, slow in LARGE]
    values = len(LARGE) * LONG_BARS / 1e6
    yardstick = best(handwritten_run(bars, LARGE), repeats=5)
    ours = batch(jobs, cache_folder=KERNELS)
    few = peak_megabytes()
    seconds = best(lambda: batch(jobs, cache_folder=KERNELS), repeats=5)
    print(f"{len(LARGE)} points, {LONG_BARS:,} bars, drawdown and Sharpe ratio, million bar-configs/s")
    print(f"  handwritten {values / yardstick:.0f}, kernel {values / seconds:.0f}: {yardstick / seconds:.2f} of it")
    batch(jobs * 4, cache_folder=KERNELS)
    print(
        f"  peak memory after {len(jobs)} points {few:.0f} MB, after {4 * len(jobs)} points {peak_megabytes():.0f} MB"
    )
    save(bars, LARGE, folder / "large.npz")
    for task, what in (("plain", "equity and fills"), ("grid", "drawdown and Sharpe ratio")):
        found = peer("vectorbt", folder / "large.npz", task)
        print(
            f"  vectorbt, {what}: {values / found['seconds']:.2f}, the kernel is {found['seconds'] / seconds:.0f} times "
            f"faster; {found['megabytes']:.0f} MB; {agreement(found['finals'], ours.final_equity)}"
        )


def peak_megabytes() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def search_overhead() -> None:
    """A thousand trials of the tree-structured Parzen estimator in batches of 50, beside Optuna alone."""
    params = tpe.TpeParams.model_validate_json(json.dumps({"space": SPACE, "trials": TRIALS, "batch_trials": BATCH}))
    random = np.random.default_rng(0).random(TRIALS)

    def ours() -> None:
        search = tpe.searcher(params, parse_constraint("strategy.fast_bars < strategy.slow_bars").holds)
        told = 0
        while points := search.ask():
            search.tell(random[told : told + len(points)].tolist())
            told += len(points)

    def bare() -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(n_startup_trials=20, multivariate=True, constant_liar=True, seed=0)
        study = optuna.create_study(sampler=sampler, direction="maximize")
        space = {key: optuna.distributions.IntDistribution(each["low"], each["high"]) for key, each in SPACE.items()}
        for first in range(0, TRIALS, BATCH):
            asked = [study.ask(space) for _ in range(BATCH)]
            for trial, score in zip(asked, random[first : first + BATCH], strict=True):
                study.tell(trial, float(score))

    took = []
    for run in (bare, ours):
        started = time.process_time()
        run()
        took.append(time.process_time() - started)
    print(f"tpe, {TRIALS} trials in batches of {BATCH}: {took[1]:.2f} s of processor, Optuna alone {took[0]:.2f} s")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        from_the_shell(Path(folder))
        search_overhead()
        beside_peers(Path(folder))


if __name__ == "__main__":
    main()
