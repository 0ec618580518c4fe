"""The kernel beside vectorbt and backtesting.py: the same bars, the same rule, the same costs, in one run.

The peers need pandas 3, so they live in an environment of their own, ``.venv-peers``, made here from
``benchmarks/peers/requirements.txt`` when it is absent or older than its pins. Each peer runs in a process of its own, twice or
more; the shortest time counts and compiling does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kernel_speed import CASH, COMMISSION_BPS, GRID, KERNELS, best, job, panel
from enerqis.engines.kernel import backtest, batch
from enerqis.interfaces.engine import Panel

HERE = Path(__file__).parent
PINS = HERE / "peers" / "requirements.txt"
ENVIRONMENT = HERE.parent / ".venv-peers"
ONE_BARS, GRID_BARS = 1_000_000, 100_000
ONE = (10, 30)


def peers_python() -> Path:
    """Return the Python of the peers' environment, which is made first where it is absent or old."""
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / ".installed"
    if not stamp.is_file() or stamp.stat().st_mtime < PINS.stat().st_mtime:
        print(f"making {ENVIRONMENT.name} from {PINS.relative_to(HERE.parent)}", flush=True)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*install, "--no-deps", "-r", str(PINS)], check=True)
        stamp.touch()
    return python


def save(bars: Panel, pairs: list[tuple[int, int]], path: Path) -> None:
    """Write what a peer needs: bars, windows, fee as a fraction, cash."""
    columns = {name: getattr(bars, name)[:, 0] for name in ("open", "high", "low", "close", "volume")}
    fast, slow = np.array(pairs).T
    np.savez(path, fast=fast, slow=slow, fee=COMMISSION_BPS / 1e4, cash=CASH, **columns)


def peer(program: str, bars: Path, task: str) -> dict[str, Any]:
    """Run one peer and return its ``seconds``, ``megabytes``, ``finals`` and ``fills``."""
    words = [str(peers_python()), str(HERE / "peers" / f"{program}_runs.py"), str(bars), task]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(name: str, seconds: float, values: float, equal: str) -> None:
    """Print a line: seconds, millions of bar-configs a second, agreement."""
    print(f"{name:<22} {seconds:9.3f} s {values / seconds / 1e6:9.2f} million bar-configs/s   {equal}")


def agreement(finals: list[float], ours: np.ndarray) -> str:
    """Return in how many configurations a peer ends with our equity."""
    apart = np.abs(np.array(finals) - ours)
    return f"to the cent in {int((apart < 0.005).sum())} of {ours.size}, largest difference {apart.max():.2f}"


def one_config(folder: Path) -> None:
    """One configuration, with fills and the equity of each bar."""
    bars = panel(ONE_BARS)
    save(bars, [ONE], folder / "one.npz")
    work = job(bars, *ONE, {})
    seconds = best(lambda: backtest(work, cache_folder=KERNELS), repeats=5)
    result = backtest(work, cache_folder=KERNELS)
    ours = np.array([result.equity.column("equity")[-1].as_py()])
    print(f"one config, {ONE_BARS:,} bars, fills and equity")
    row("kernel", seconds, ONE_BARS, f"{result.fills.num_rows} fills")
    for program in ("vectorbt", "backtesting"):
        found = peer(program, folder / "one.npz", "one")
        row(program, found["seconds"], ONE_BARS, f"{found['fills']} fills, {agreement(found['finals'], ours)}")


def grid_of_configs(folder: Path) -> None:
    """A hundred configurations with drawdown and Sharpe."""
    bars = panel(GRID_BARS)
    save(bars, GRID, folder / "grid.npz")
    jobs = [job(bars, fast, slow, {}) for fast, slow in GRID]
    started = time.perf_counter()
    ours = batch(jobs, cache_folder=KERNELS)
    seconds = min(time.perf_counter() - started, best(lambda: batch(jobs, cache_folder=KERNELS), repeats=5))
    values = len(GRID) * GRID_BARS
    print(f"{len(GRID)} configs, {GRID_BARS:,} bars, drawdown and Sharpe")
    row("kernel", seconds, values, f"{int(ours.fills.sum())} fills")
    found = peer("vectorbt", folder / "grid.npz", "grid")
    equal = agreement(found["finals"], ours.final_equity)
    row("vectorbt", found["seconds"], values, f"{found['fills']} fills, {equal}, {found['megabytes']:.0f} MB")


def main() -> None:
    """Measure and print."""
    peers_python()
    with tempfile.TemporaryDirectory() as folder:
        one_config(Path(folder))
        grid_of_configs(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
