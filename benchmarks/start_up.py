"""Start-up: `enerqis --help` beside an empty Python, a stage process beside the bare import of what it needs.

The stage is one whose result is in the store, so that what is measured is starting, finding and placing.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
import time
from pathlib import Path

REPEATS = 7
PROJECT = Path(__file__).parents[1]
EXPERIMENT = "goog_sma_cross"


def best_seconds(*words: str) -> float:
    """Return the shortest of several runs of a command, in seconds."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run(words, check=True, cwd=PROJECT, capture_output=True)
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Print the figures and their differences."""
    python = sys.executable
    compileall.compile_dir(PROJECT / "enerqis", quiet=1)
    nothing = best_seconds(python, "-c", "pass")
    help_page = best_seconds(python, "-m", "enerqis.cli", "--help")
    print(f"python -c pass                          {nothing:.3f} s")
    print(f"enerqis --help                          {help_page:.3f} s   {help_page - nothing:+.3f} s (allowed +0.3)")
    imports = best_seconds(python, "-c", "import numpy, pyarrow, numba")
    print(f"import numpy, pyarrow, numba            {imports:.3f} s")
    subprocess.run(
        [python, "-m", "enerqis.cli", "--quiet", "run", f"experiment={EXPERIMENT}", "--no-track"],
        check=True,
        cwd=PROJECT,
    )
    subprocess.run([python, "-m", "enerqis.cli", "--quiet", "resolve"], check=True, cwd=PROJECT)
    for stage in ("features", "backtest"):
        found = best_seconds(python, "-m", "enerqis.cli", "--quiet", "stage", stage, EXPERIMENT)
        print(f"enerqis stage {stage:<9} (in the store)  {found:.3f} s   {found - imports:+.3f} s (allowed +0.5)")


if __name__ == "__main__":
    main()
