"""Many points of one experiment in one process: what each is, what they share, and what is left after a kill."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import enerqis.pipeline.evaluating as evaluating
import enerqis.pipeline.parts as parts
from enerqis.compose.trials import config_of, trial_key
from enerqis.core.errors import ConfigError
from enerqis.io.hashing import file_digest, table_digest
from enerqis.io.parquet import read_any
from enerqis.io.project import Project
from enerqis.pipeline import api, receipts
from enerqis.pipeline.multirun import multirun
from enerqis.pipeline.sweep_records import sweep_record, sweeps_by_words
from enerqis.pipeline.swept import Swept
from enerqis.pipeline.trial_history import history
from enerqis.quant.signatures import returns_of
from enerqis.tracking.ledger import open_ledger
from tests.pipeline.finished import EXPERIMENT, copy_of

WORDS = ["strategy.fast_bars=5,20,50", "strategy.slow_bars=30,30", "cost=us_equity,nosuch"]


@pytest.fixture(scope="module")
def project(untouched_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_of(untouched_project, tmp_path_factory.mktemp("multirun") / "project")


@pytest.fixture(scope="module")
def before(project: Project) -> dict[str, str]:
    return files_under(project.data)


@pytest.fixture(scope="module")
def swept(project: Project, before: dict[str, str]) -> Swept:
    return multirun(EXPERIMENT, WORDS, project=project.root)


def content(table: pa.Table) -> str:
    return table_digest([table], table.schema)


def files_under(folder: Path) -> dict[str, str]:
    return {path.as_posix(): file_digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_each_point_has_a_row_with_its_parameters(swept: Swept) -> None:
    assert swept.parameters == ["strategy.fast_bars", "strategy.slow_bars", "cost"]
    named = [tuple(row[name] for name in swept.parameters) for row in swept.table.to_pylist()]
    assert named == [
        (fast, slow, cost) for fast in (5, 20, 50) for slow in (30, 30) for cost in ("us_equity", "nosuch")
    ]


def test_equal_points_are_computed_once_and_bad_ones_fail_alone(swept: Swept) -> None:
    rows = swept.table.to_pylist()
    assert [row["same_as"] for row in rows] == [-1, -1, 0, -1, -1, -1, 4, -1, -1, -1, -1, -1]
    assert [row["status"] for row in rows] == ["finished", "failed"] * 4 + ["failed"] * 4
    assert rows[2]["final_equity"] == rows[0]["final_equity"]
    assert rows[2]["signature"] == rows[0]["signature"] != rows[4]["signature"]
    assert {row["signature"] for row in rows if row["status"] == "failed"} == {""}
    assert "no file conf/cost/nosuch.yaml" in rows[1]["error"]
    assert "fast_bars (50) must be less than slow_bars (30)" in rows[8]["error"]
    assert (swept.facts["points"], swept.facts["failed"], swept.facts["repeated"]) == (12, 8, 2)
    assert [row["point"] for row in swept.ranked()] in ([0, 4], [4, 0])


def test_a_point_is_the_run_that_it_would_be_alone(project: Project, swept: Swept) -> None:
    alone = api.run(EXPERIMENT, ["strategy.fast_bars=20", "strategy.slow_bars=30"], project=project.root)
    row = swept.table.to_pylist()[4]
    assert row["run_id"] == alone.run_id
    assert row["final_equity"] == alone.table("equity").column("equity")[-1].as_py()
    assert row["fills_count"] == alone.table("fills").num_rows
    assert row["signature"] == receipts.read(alone.stages["backtest"].folder)["facts"]["returns"]["signature"]
    assert row["max_drawdown_fraction"] == pytest.approx(alone.metrics["max_drawdown_fraction"], rel=1e-9)
    assert row["sharpe_annual_ratio"] == pytest.approx(
        alone.metrics["sharpe_ratio"], rel=2e-3
    )  # the first bar has no return
    dataset = receipts.read(alone.stages["backtest"].folder)["identity"]["data"]["parquet"]
    assert (row["trial"], row["content"]) == (trial_key(config_of(alone.spec), dataset), dataset)


def test_nothing_under_data_is_touched(project: Project, before: dict[str, str], swept: Swept) -> None:
    assert files_under(project.data) == before
    assert swept.folder.is_relative_to(project.store)
    assert content(read_any(swept.folder / "points.parquet")) == content(swept.table)


def test_the_ledger_knows_every_point_that_could_be_run(project: Project, swept: Swept) -> None:
    rows = open_ledger(project).rows()
    points = {row.trial.key: row.trial for row in rows if row.trial.outcome == "finished"}
    told = {row["trial"]: row for row in swept.table.to_pylist() if row["trial"]}
    assert set(told) <= set(points)
    assert swept.best is not None
    assert swept.best.trials == 3  # the finished experiment, and the two points of the sweep that could be run
    one = points[swept.table.to_pylist()[0]["trial"]]
    assert one.moments is not None
    assert one.moments.sharpe == pytest.approx(one.objective, rel=1e-9)
    assert {key: points[key].signature for key in told} == {
        key: row["signature"] for key, row in told.items() if row["status"] == "finished"
    }
    (counted,) = history(project, EXPERIMENT).counts
    assert (counted.trials, counted.unlike) == (len(points), 0)


def test_a_sweep_that_is_in_the_store_is_not_computed_again(project: Project, swept: Swept) -> None:
    before = len(open_ledger(project).rows())
    again = multirun(EXPERIMENT, WORDS, project=project.root)
    assert not again.is_new
    assert len(open_ledger(project).rows()) == before
    assert (again.stage_id, again.best) == (swept.stage_id, swept.best)


def test_a_tracker_is_told_of_the_sweep_and_of_its_best_points(project: Project, swept: Swept) -> None:
    assert (swept.folder, EXPERIMENT) in list(sweeps_by_words(project))
    record = sweep_record(swept.folder, name="words", experiment=EXPERIMENT, dataset="prices")
    assert record.whole.stage_ids == {"multirun": swept.stage_id}
    assert record.whole.metrics["points"] == 12.0
    best = swept.ranked()
    assert len(best) == 2
    assert [each.stage_ids["backtest"] for each in record.points] == [row["run_id"] for row in best]
    assert [each.metrics["sharpe_per_bar_ratio"] for each in record.points] == [
        row["sharpe_per_bar_ratio"] for row in best
    ]
    assert record.points[0].params["strategy.fast_bars"] == str(best[0]["strategy.fast_bars"])


def test_a_sweep_that_was_cut_off_carries_on_from_its_finished_parts(
    project: Project, swept: Swept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copy_of(project, tmp_path / "cut")
    shutil.rmtree(copy.store / "multirun", ignore_errors=True)
    monkeypatch.setattr(evaluating, "CHUNK_POINTS", 1)
    run, ran = parts.run_jobs, []

    def once(jobs, **settings):
        if ran:
            raise KeyboardInterrupt
        ran.append(len(jobs))
        return run(jobs, **settings)

    monkeypatch.setattr(parts, "run_jobs", once)
    with pytest.raises(KeyboardInterrupt):
        multirun(EXPERIMENT, WORDS, project=copy.root)
    assert len(list(copy.chunks.glob("*.parquet"))) == 1
    ran.clear()
    again = multirun(EXPERIMENT, WORDS, project=copy.root)
    assert ran == [1]  # the other of two points
    assert content(again.table) == content(swept.table)
    assert again.stage_id == swept.stage_id
    assert list(copy.chunks.glob("*.parquet")) == []


def test_points_of_other_universes_and_features_stand_on_their_own_bars(project: Project) -> None:
    words = ["universe.symbols=[GOOG],[AAPL]", "universe.start='2010-01-04'"]
    swept = multirun(EXPERIMENT, words, project=project.root)
    table = swept.table.to_pylist()
    assert [row["universe.symbols"] for row in table] == ['["GOOG"]', '["AAPL"]']
    for row, symbol in zip(table, ("GOOG", "AAPL"), strict=True):
        alone = api.run(EXPERIMENT, [f"universe.symbols=[{symbol}]", words[1]], project=project.root)
        assert row["run_id"] == alone.run_id
        assert row["final_equity"] == alone.table("equity").column("equity")[-1].as_py()
        facts = receipts.read(alone.stages["backtest"].folder)["facts"]
        assert row["signature"] == facts["returns"]["signature"]  # on the grid of the dataset, not of the later start
        assert np.isnan(returns_of(row["signature"]))[0]
    assert sorted(row["point"] for row in swept.ranked()) == [0, 1]  # of a shorter universe each is whole, too


def test_a_search_goes_over_the_words(project: Project) -> None:
    words = ["search=random", "search.trials=6", "strategy.fast_bars=range(2,12)", "strategy.slow_bars=interval(20,40)"]
    with pytest.raises(ConfigError, match="slow_bars: expected a whole number"):
        multirun(EXPERIMENT, [*words[:3], "strategy.slow_bars=20.5"], project=project.root)
    found = multirun(
        EXPERIMENT,
        [
            *words[:3],
            "strategy.slow_bars=int(interval(10,40))",
            "search.constraints=['strategy.fast_bars*2 < strategy.slow_bars']",
        ],
        project=project.root,
    )
    rows = found.table.to_pylist()
    assert len(rows) == 6
    assert all(2 * row["strategy.fast_bars"] < row["strategy.slow_bars"] for row in rows)
    assert found.table.column("status").unique().to_pylist() == ["finished"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["strategy.fast_bars=8", "search=none"], "nothing is swept"),
        (["strategy.fast_bars=interval(1,9)"], "strategy.fast_bars: an interval means any number between its ends"),
        (["search=random", "cost=none,us_equity"], "cost: a search goes over values, not over files"),
        (["search=grid", "strategy.kind=a,b"], "'strategy.kind' is no value that a search may set"),
        (["strategy.fast_bars=1,2", "seed=x"], "every point is wrong, the first: .*seed: expected a whole number"),
        (["strategy=zip,zap"], "no file conf/strategy/zip.yaml"),
        (["strategy.fast_barz=5,10"], r"^<override>: strategy.fast_barz: unknown key. Did you mean 'fast_bars'"),
        (["strategyy.fast_bars=5,10"], r"^<override>: strategyy: unknown key. Did you mean 'strategy'"),
    ],
)
def test_words_that_make_no_sweep_are_refused(project: Project, words: list[str], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        multirun(EXPERIMENT, words, project=project.root)
