"""Twenty `kill -9` at random moments of one sweep: it ends with the same table and the same count of trials as one left alone.

Run ``python -m benchmarks.sweep_kills``. The sweep is a random search in small batches, so that a kill falls between parts.
"""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.sweeping import EXPERIMENT, project_of_bars
from enerqis.io.hashing import table_digest
from enerqis.io.parquet import read_any
from enerqis.io.project import Project
from enerqis.tracking.ledger import open_ledger

KILLS = 20
SEED = 20260102
POLL_SECONDS = 0.005
WORDS = [
    "search=random",
    "search.trials=3000",
    "search.batch_trials=100",
    "strategy.fast_bars=range(2,60)",
    "strategy.slow_bars=range(60,300)",
]
COMMAND = [sys.executable, "-m", "enerqis.cli", "run", "-m", f"experiment={EXPERIMENT}", *WORDS, "--quiet"]


def outcome(root: Path) -> tuple[str, int]:
    """Return the digest of the only table of sweeps in a project, and how many trials its ledger counts."""
    (path,) = root.glob(".enerqis/store/sweep/*/points.parquet")
    table = read_any(path)
    (content,) = set(table.column("content").to_pylist())
    return table_digest([table], table.schema), open_ledger(Project(root)).count(content)


def whole_run(root: Path) -> float:
    """Run the sweep to its end, and return the seconds of processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(COMMAND, cwd=root, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def killed_run(root: Path, after_seconds: float) -> bool:
    """Start the sweep, kill it once it has used so much processor time, and return whether it was still running."""
    process = psutil.Popen(COMMAND, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        if used_seconds(process) >= after_seconds:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        time.sleep(POLL_SECONDS)
    return False


def used_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process: what else the machine does must not move the moment of a kill."""
    times = process.cpu_times()
    return float(times.user + times.system)


def main() -> int:
    """Print what came out, and return 1 where it differs."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    moments = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        alone, killed = (project_of_bars(Path(folder) / name, bars=2_500) for name in ("alone", "killed"))
        seconds = whole_run(alone)
        ready = whole_run(alone)  # it is in the store: this is the time before the first point
        a_round = 2.0 * max(seconds - ready, 1.0) / kills
        hit = sum(
            killed_run(killed, moments.uniform(0.6, 1.0) * ready + moments.uniform(0.0, a_round)) for _ in range(kills)
        )
        whole_run(killed)
        expected, found = outcome(alone), outcome(killed)
    print(f"{hit} of {kills} kills hit a running sweep of {seconds:.1f} s of processor time")
    print(f"table {'equal' if expected[0] == found[0] else 'DIFFERS'}; trials {expected[1]} alone, {found[1]} killed")
    return int(expected != found)


if __name__ == "__main__":
    sys.exit(main())
