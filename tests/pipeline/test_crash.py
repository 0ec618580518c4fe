"""Killed at any moment, the next run carries on and ends with the same results."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.pipeline.killing import one_experiment, survive
from tests.pipeline.project_copy import Copy

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return one_experiment(tmp_path_factory.mktemp("crash") / "project")


def test_eight_kills_leave_nothing_wrong(project: Copy) -> None:
    assert survive(project, kills=8, seed=20240607) == []


def test_two_runs_at_once_both_end_well_with_the_same_result(project: Copy) -> None:
    words = ["enerqis", "run", "experiment=goog_sma_cross", "strategy.slow_bars=37", "--no-track"]
    started = [
        subprocess.Popen(
            words, cwd=project.root, env=project.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    ended = [(*process.communicate(timeout=300), process.returncode) for process in started]
    assert [code for _, _, code in ended] == [0, 0], ended
    run_ids = {next(line for line in out.splitlines() if line.startswith("run id")) for out, _, _ in ended}
    assert len(run_ids) == 1


def test_overrides_touch_nothing_under_data(project: Copy) -> None:
    before = _stamps(project.root / "data")
    project.call("enerqis", "run", "experiment=goog_sma_cross", "strategy.slow_bars=41", "--no-track")
    assert _stamps(project.root / "data") == before


def test_a_run_gives_the_ids_and_hashes_of_repro(project: Copy) -> None:
    out = project.call("enerqis", "run", "experiment=goog_sma_cross", "--no-track").stdout
    receipt = json.loads(project.read("data/backtest/goog_sma_cross/receipt.json"))
    assert receipt["stage_id"] in out
    assert receipt["result_sha256"][:12] in out
    assert project.repro() == set()


def _stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
