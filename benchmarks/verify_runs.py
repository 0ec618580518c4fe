"""Fifty times every result of an experiment computed again from its receipt: not one difference."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.own_tests import mount

RUNS = 50


def main() -> int:
    """Print what was not proven and return how much that was."""
    mount()
    from enerqis.pipeline.lookup import all_results
    from enerqis.pipeline.verifying import verify
    from tests.pipeline.finished import make_finished

    with tempfile.TemporaryDirectory() as folder:
        project = make_finished(Path(folder) / "project")
        results = list(all_results(project))
        started = time.perf_counter()
        verdicts = [verify(project, each, say=lambda _: None) for _ in range(RUNS) for each in results]
        seconds = (time.perf_counter() - started) / RUNS
    different = [each for each in verdicts if each.outcome != "bit-equal" or each.faults or each.changed]
    stages = ", ".join(each.stage for each in results)
    print(
        f"{RUNS} verify runs of {len(results)} results ({stages}), {len(different)} differences, {seconds:.2f} s a run"
    )
    for line in dict.fromkeys(" ".join((each.stage, each.outcome, *each.faults, *each.changed)) for each in different):
        print(line)
    return len(different)


if __name__ == "__main__":
    sys.exit(main())
