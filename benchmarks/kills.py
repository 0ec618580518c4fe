"""Fifty `kill -9` at random moments of `dvc repro`: afterwards every result is the same. The tests do eight."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.own_tests import mount

KILLS = 50
SEED = 20260101


def main() -> int:
    """Print what went wrong and return how much that was."""
    mount()
    from tests.pipeline.killing import one_experiment, survive

    with tempfile.TemporaryDirectory() as folder:
        wrong = survive(one_experiment(Path(folder) / "project"), kills=KILLS, seed=SEED)
    print(f"{KILLS} kills, {len(wrong)} things wrong")
    for line in wrong:
        print(line)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
