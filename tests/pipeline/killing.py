"""Killing `dvc repro` at random moments: used by a test (few kills) and by a benchmark (many)."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.pipeline.project_copy import Copy, make_copy

RECEIPTS = (
    "data/parquet/us_equities_daily/receipt.json",
    "data/features/goog_sma_cross/receipt.json",
    "data/backtest/goog_sma_cross/receipt.json",
    "data/report/goog_sma_cross/receipt.json",
)


ONE_EXPERIMENT = """datasets:
  - us_equities_daily
experiments:
  goog_sma_cross: {dataset: us_equities_daily, set: {}}
"""


def one_experiment(root: Path) -> Copy:
    """Return a finished project of one experiment of few bars and folds, without the tracker, which only takes time."""
    few = 'set: {universe: {start: "2012-01-01"}, cv: {n_folds: 4}}'
    copy = make_copy(root, ONE_EXPERIMENT.replace("set: {}", few))
    graph = copy.read("dvc.yaml")
    (copy.root / "dvc.yaml").write_text(graph[: graph.index("  track:")], encoding="utf-8")
    copy.repro()
    return copy


def result_hashes(project: Copy) -> dict[str, str]:
    """Return the result hash of every output."""
    return {path: json.loads(project.read(path))["result_sha256"] for path in RECEIPTS}


def forget(project: Copy) -> None:
    """Remove every output and every cached result, so that everything runs again."""
    for path in ("data", ".enerqis/store", ".dvc/cache", "dvc.lock"):
        target = project.root / path
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def repro_and_kill(project: Copy, after_seconds: float, *, whole_group: bool) -> None:
    """Start `dvc repro` and send SIGKILL to it, or to it and all it started, after a while."""
    process = subprocess.Popen(
        ["dvc", "repro"],
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=after_seconds)
    except subprocess.TimeoutExpired:
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
        process.wait()


def survive(project: Copy, *, kills: int, seed: int) -> list[str]:
    """Kill `kills` runs at random moments, finish each with another run, and return what went wrong."""
    expected = result_hashes(project)
    moments = random.Random(seed)
    started = time.monotonic()
    forget(project)
    project.repro()
    whole = time.monotonic() - started
    wrong = []
    for number in range(kills):
        forget(project)
        after = moments.uniform(0.3, whole)
        repro_and_kill(project, after, whole_group=bool(number % 2))
        project.call("enerqis", "doctor", "--unlock")
        done = project.call("dvc", "repro", check=False)
        if done.returncode:
            wrong.append(f"kill {number} after {after:.2f} s: the next run failed: {done.stderr[-400:]}")
        elif result_hashes(project) != expected:
            wrong.append(f"kill {number} after {after:.2f} s: other results")
        wrong += [f"kill {number}: half an output was left: {path}" for path in _leftovers(project.root)]
    return wrong


def _leftovers(root: Path) -> list[str]:
    """Return folders that claim to be outputs without a receipt."""
    outs = [
        out for kind in ("features", "backtest", "report") for out in (root / "data" / kind).glob("*") if out.is_dir()
    ]
    return [str(out) for out in outs if not out.name.startswith(".") and not (out / "receipt.json").is_file()]
