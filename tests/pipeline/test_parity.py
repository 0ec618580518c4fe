"""The stage `parity`: another engine's result beside the backtest; a planted fault is a finding, a refusal is said."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from enerqis.core.errors import ConfigError
from enerqis.engines.kernel import backtest
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.io.project import Project
from enerqis.pipeline import api, parity
from enerqis.pipeline.results import placed
from enerqis.quant.comparison import Books
from tests.engines.scenes import PLAIN, job_of, panel_of
from tests.pipeline.finished import EXPERIMENT


def books(result: BacktestResult) -> Books:
    return Books(result.orders, result.fills, result.equity, result.positions)


@pytest.fixture
def job() -> Job:
    """Long after the second close, flat after the fourth."""
    nothing = float("nan")
    plan = {"target": [nothing, 1.0, nothing, 0.0, nothing]}
    return job_of(panel_of([10.0, 11.0, 12.0, 13.0, 12.0], plan=plan), initial_cash=1000.0)


def on_zipline(job: Job) -> Job:
    return replace(job, execution=job.execution.model_copy(update={"engine": "zipline"}))


def test_both_engines_agree_and_it_is_counted(job: Job, tmp_path: Path) -> None:
    recorded = books(backtest(job, cache_folder=tmp_path, build=PLAIN))
    found = parity.held(recorded, on_zipline(job), cache_folder=tmp_path)
    assert found["refused"] == []
    assert found["divergence"]["fills"] == {"left": 2, "right": 2, "differing": 0}
    assert found["divergence"]["first"] is None


def test_a_fault_of_one_engine_is_found_by_the_other(job: Job, tmp_path: Path) -> None:
    """A kernel that fills a bar late: zipline has the fill of the third open, 12, 83 units, the kernel has not."""
    late = replace(job, execution=job.execution.model_copy(update={"latency_bars": 1}))
    found = parity.held(
        books(backtest(late, cache_folder=tmp_path, build=PLAIN)), on_zipline(job), cache_folder=tmp_path
    )
    first = found["divergence"]["first"]
    assert (first["table"], first["field"], first["left"], first["right"]) == ("fill", "", None, 83.0)


def test_what_the_other_engine_cannot_do_is_said_and_nothing_is_compared(job: Job, tmp_path: Path) -> None:
    empty = on_zipline(replace(job, panel=replace(job.panel, ts=job.panel.ts[:0])))
    recorded = books(backtest(job, cache_folder=tmp_path, build=PLAIN))
    assert parity.held(recorded, empty, cache_folder=tmp_path) == {
        "refused": ["the universe has no bars"],
        "divergence": None,
    }


def test_the_placed_table_carries_its_whole_receipt(finished_project: Project) -> None:
    content = json.loads((finished_project.data / "parity" / f"{EXPERIMENT}.json").read_text("utf-8"))
    result = placed(finished_project, "parity", EXPERIMENT)
    assert content["receipt"] == result.receipt
    assert result.receipt["spec"]["execution"]["engine"] == "zipline"
    assert "enerqis.engines.kernel" not in result.receipt["code"]
    assert content["engines"] == ["kernel", "zipline"]
    assert content["divergence"]["orders"] == {"left": 67, "right": 67, "differing": 0}


def test_the_engines_can_be_turned_round(finished_project: Project) -> None:
    done = api.parity(EXPERIMENT, engines=("zipline", "kernel"), project=finished_project.root)
    assert done.parity["engines"] == ["zipline", "kernel"]
    assert done.parity["divergence"]["first"] is None
    assert done.result_sha256 == placed(finished_project, "backtest", EXPERIMENT).receipt["result_sha256"]


def test_an_engine_is_not_held_against_itself_or_an_unknown_one(finished_project: Project) -> None:
    with pytest.raises(ConfigError, match=r"kernel,kernel: not two engines\. Allowed: kernel,zipline; zipline,kernel"):
        api.parity(EXPERIMENT, engines=("kernel", "kernel"), project=finished_project.root)


def test_every_engine_has_a_counterpart() -> None:
    from enerqis.compose.freezing import COUNTERPART

    for one, other in COUNTERPART.items():
        assert COUNTERPART[other] == one
        assert importlib.import_module(f"enerqis.engines.{one}").ENGINE_VERSION
