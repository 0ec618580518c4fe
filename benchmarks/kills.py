"""Fifty `kill -9` at random moments of `dvc repro`: afterwards every result is the same. The tests do eight."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
KILLS = 50
SEED = 20260101


def main() -> int:
    """Print what went wrong and return how much that was."""
    ours = ModuleType("tests")  # an installed package of that name would win over a folder without __init__
    ours.__path__ = [str(ROOT / "tests")]
    sys.modules["tests"] = ours
    from tests.pipeline.killing import one_experiment, survive

    with tempfile.TemporaryDirectory() as folder:
        wrong = survive(one_experiment(Path(folder) / "project"), kills=KILLS, seed=SEED)
    print(f"{KILLS} kills, {len(wrong)} things wrong")
    for line in wrong:
        print(line)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
