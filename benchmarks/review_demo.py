"""Five typical config PRs in a temporary clone: what `enerqis diff` says that runs again, beside what `dvc repro` then ran.

The clone's graph is cut down to one experiment. Each PR is a commit on a branch of its own.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.clones import Clone, clone, copied

PARAMS = """datasets: [btc_daily]
experiments:
  btc_donchian_breakout: {dataset: btc_daily, set: {}}
sweeps: {}
"""
NEW_DATASET = """datasets: [btc_daily, wti_daily]
experiments:
  btc_donchian_breakout: {dataset: btc_daily, set: {}}
  wti_energy_reversion: {dataset: wti_daily, set: {}}
sweeps: {}
"""


class PullRequest(NamedTuple):
    """One change: its branch, its edit, the exit code that the review must give."""

    branch: str
    edit: Callable[[Clone], object]
    exit_code: int


PULL_REQUESTS = (
    PullRequest(
        "parameter",
        lambda made: made.edit("conf/strategy/donchian_breakout.yaml", "entry_bars: 20", "entry_bars: 25"),
        0,
    ),
    PullRequest(
        "risk-loosened",
        lambda made: made.edit(
            "conf/risk/standard.yaml",
            "drawdown_halt:\n  max_drawdown_fraction: 0.5",
            "drawdown_halt:\n  max_drawdown_fraction: 0.6",
        ),
        4,
    ),
    PullRequest("new-dataset", lambda made: (made.root / "params.yaml").write_text(NEW_DATASET, encoding="utf-8"), 0),
    PullRequest(
        "gate-lowered", lambda made: made.edit(".cbr/acceptance_gates.yaml", "threshold: 0.95", "threshold: 0.9"), 4
    ),
    PullRequest(
        "comment-only", lambda made: made.edit("conf/risk/standard.yaml", "stop_loss:", "stop_loss: # a comment"), 0
    ),
)


def main() -> int:
    """Print a row a PR and return how many are not as they should be."""
    failed = 0
    with clone() as made:
        (made.root / "params.yaml").write_text(PARAMS, encoding="utf-8")
        made.call("dvc", "repro")
        made.call("enerqis", "doctor", "--prune", check=False)  # the experiments cut off are in no cache of the clone
        made.call("dvc", "repro")
        made.call("git", "checkout", "--quiet", "-b", "base")
        made.commit("the graph of the demonstration, run")
        print(f"{'pull request':<15} {'exit':>4} {'says':>5} {'ran':>4}  agrees  verdict")
        for request in PULL_REQUESTS:
            failed += not _row(copied(made, request.branch), request)
    return failed


def _row(made: Clone, request: PullRequest) -> bool:
    """Commit a PR, review it, run it, print what came of it and return whether the two agree."""
    made.call("git", "checkout", "--quiet", "-b", request.branch)
    request.edit(made)
    made.commit(request.branch)
    done = made.call("enerqis", "diff", "base", request.branch, "--format", "json", check=False)
    verdict = json.loads(done.stdout)
    certain, possible = _stages(verdict)
    ran = set(re.findall(r"^Running stage '([^']+)'", made.call("dvc", "repro").stdout, re.MULTILINE))
    agrees = certain <= ran <= possible and done.returncode == request.exit_code
    first = made.call("enerqis", "diff", "base", request.branch, check=False).stdout.splitlines()[1]
    print(
        f"{request.branch:<15} {done.returncode:>4} {len(possible):>5} {len(ran):>4}  {'yes' if agrees else 'NO':<6}  {first}"
    )
    for stage in sorted(ran ^ possible):
        print(f"    {stage}: {'ran unsaid' if stage in ran else 'might have run'}")
    return agrees


def _stages(verdict: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return the stages that certainly run, and those that may."""
    runs = [each for each in verdict["reruns"] if each["stage"] not in verdict["recorded"]] + verdict["also_stale"]
    return {each["stage"] for each in runs if each["is_certain"]}, {each["stage"] for each in runs}


if __name__ == "__main__":
    sys.exit(main())
