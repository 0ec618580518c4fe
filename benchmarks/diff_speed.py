"""`enerqis diff` of two revisions with 20 experiments: nothing kept, one side kept (the next push of a branch), both kept.

Wall time and processor time of the command and its processes, the best of some runs; the aim is 10 s of wall time.
"""

from __future__ import annotations

import resource
import shutil
import time

import yaml

from benchmarks.clones import Clone, clone

EXPERIMENTS = 20
REPEATS = 3
AIM_SECONDS = 10.0
BASE = "goog_sma_cross"


def main() -> None:
    """Print the figures, the worst case first."""
    with clone() as made:
        _fill(made)
        made.edit("conf/strategy/sma_cross.yaml", "slow_bars: 30", "slow_bars: 31")
        made.commit("a parameter")
        print(f"{EXPERIMENTS} experiments, best of {REPEATS}; aim {AIM_SECONDS:g} s of wall time")
        for what, kept in (("nothing kept", 0), ("one side kept", 1), ("both sides kept", 2)):
            times = [_timed(made, kept) for _ in range(REPEATS)]
            wall, processor = (min(each) for each in zip(*times, strict=True))
            print(
                f"{what:<16} {wall:6.2f} s   processor {processor:6.2f} s   {'ok' if wall < AIM_SECONDS else 'missed'}"
            )


def _timed(made: Clone, kept: int) -> tuple[float, float]:
    """Return wall and processor seconds of one comparison with so many sides kept from before."""
    folder = made.root / ".enerqis" / "review"
    if kept < 2:
        shutil.rmtree(folder, ignore_errors=True)
    if kept == 1:
        made.call("enerqis", "diff", "HEAD~1", "HEAD~1")
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    said = made.call("enerqis", "diff", "HEAD~1", "HEAD").stdout
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if "strategy.slow_bars: 30 bars -> 31 bars" not in said:
        raise RuntimeError(said)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _fill(made: Clone) -> None:
    """Commit as many experiments as are wanted: those of the project, and one of them again with other numbers."""
    params = yaml.safe_load((made.root / "params.yaml").read_text(encoding="utf-8"))
    text = (made.root / "conf" / "experiment" / f"{BASE}.yaml").read_text(encoding="utf-8")
    for number in range(EXPERIMENTS - len(params["experiments"])):
        name = f"more_{number}"
        more = f"{text}strategy:\n  fast_bars: {11 + number}\n"
        (made.root / "conf" / "experiment" / f"{name}.yaml").write_text(more, encoding="utf-8")
        params["experiments"][name] = dict(params["experiments"][BASE])
    (made.root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    made.commit("twenty experiments")


if __name__ == "__main__":
    main()
