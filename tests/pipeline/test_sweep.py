"""The stage `sweep` of a finished project: what DVC calls."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from enerqis.core.errors import ConfigError, StageError
from enerqis.io.parquet import read_any
from enerqis.io.project import Project
from enerqis.io.trial_file import path_of, read
from enerqis.pipeline import api, receipts
from enerqis.pipeline.lookup import all_results, results_of
from enerqis.pipeline.recording import record
from enerqis.pipeline.resolve import resolve
from enerqis.pipeline.stages import run_stage
from enerqis.pipeline.sweep_views import view_of
from enerqis.pipeline.verifying import verify
from enerqis.tracking.ledger import open_ledger
from tests.pipeline.finished import EXPERIMENT, copy_of

SWEEP = "small"
SEARCH = """search:
  space:
    strategy.fast_bars: {kind: int, low: 5, high: 20, step: 5}
    strategy.slow_bars: {kind: choice, values: [10, 30]}
  constraints: [strategy.fast_bars < strategy.slow_bars]
  objective: total_return
"""


@pytest.fixture(scope="module")
def project(finished_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    copy = copy_of(finished_project, tmp_path_factory.mktemp("sweep") / "project")
    path = copy.conf / "experiment" / f"{EXPERIMENT}.yaml"
    text = path.read_text(encoding="utf-8").replace("/search: grid__sma_cross", "/search: grid")
    path.write_text(text + SEARCH, encoding="utf-8")
    with copy.params_file.open("a", encoding="utf-8") as stream:
        stream.write(f"sweeps:\n  {SWEEP}: {{experiment: {EXPERIMENT}}}\n")
    resolve(copy)
    list(run_stage(copy, "sweep", SWEEP, say=print))
    return copy


def test_the_table_is_placed_with_its_receipt(project: Project) -> None:
    folder = project.data / "sweep" / SWEEP
    rows = read_any(folder / "points.parquet").to_pylist()
    named = [(row["strategy.fast_bars"], row["strategy.slow_bars"]) for row in rows]
    assert named == [(5, 10), (5, 30), (10, 30), (15, 30), (20, 30)]
    receipt = receipts.read(folder)
    assert receipt["facts"] == {"points": 5, "failed": 0, "repeated": 0, "trials": 5, "left_out": 3}
    assert set(receipt["identity"]["data"]) == {"parquet", "features"}
    assert "enerqis.search.grid" in receipt["code"]
    assert not any(name.startswith("enerqis.connectors.") for name in receipt["code"])


def test_the_index_page_says_how_much_of_its_best_point_is_luck(project: Project) -> None:
    luck = view_of(project.data / "sweep" / SWEEP, name=SWEEP, experiment=EXPERIMENT).luck
    assert luck.startswith(
        "Where what else was tried on the data is not counted, the best of these points has a deflated Sharpe ratio of "
    )


def test_a_point_has_the_run_id_that_it_would_have_alone(project: Project) -> None:
    row = read_any(project.data / "sweep" / SWEEP / "points.parquet").to_pylist()[3]
    alone = api.run(EXPERIMENT, ["strategy.fast_bars=15"], project=project.root)
    assert (row["run_id"], row["final_equity"]) == (alone.run_id, alone.table("equity").column("equity")[-1].as_py())


def test_the_ledger_is_told_of_the_points_and_of_a_sweep_that_was_found(project: Project) -> None:
    keys = set(read_any(project.data / "sweep" / SWEEP / "points.parquet").column("trial").to_pylist())
    rows = [row.trial for row in open_ledger(project).rows() if row.trial.objective_name == "total_return"]
    assert {row.key for row in rows if row.outcome == "finished"} == keys
    before = len(open_ledger(project).rows())
    lines = list(run_stage(project, "sweep", SWEEP, say=print))
    assert "found in the store" in lines[0]
    assert len(open_ledger(project).rows()) == before


def test_a_new_ledger_learns_the_points_of_a_sweep_with_their_returns(project: Project, tmp_path: Path) -> None:
    copy = copy_of(project, tmp_path / "copy")
    (copy.state / "ledger.db").unlink()
    table = read_any(copy.data / "sweep" / SWEEP / "points.parquet")
    list(run_stage(copy, "sweep", SWEEP, say=print))
    known = {row.trial.key: row.trial.signature for row in open_ledger(copy).rows() if row.trial.outcome == "finished"}
    assert known == dict(zip(table.column("trial").to_pylist(), table.column("signature").to_pylist(), strict=True))
    assert all(len(each) == 172 for each in known.values())


def test_a_sweep_that_dvc_restored_counts_without_running(project: Project, tmp_path: Path) -> None:
    copy = copy_of(project, tmp_path / "copy")
    shutil.rmtree(copy.state)  # as in a clone
    keys = set(read_any(copy.data / "sweep" / SWEEP / "points.parquet").column("trial").to_pylist())
    (counted,) = record(copy)
    assert keys <= {line.key for line in read(path_of(copy.root, counted.dataset)).lines}
    rows = open_ledger(copy).rows()
    finished = [row for row in rows if row.trial.outcome == "finished" and row.trial.key in keys]
    assert {row.trial.key for row in finished} == keys
    assert {row.trial.experiment for row in finished} == {EXPERIMENT}
    record(copy)
    assert len(open_ledger(copy).rows()) == len(rows)


def test_it_is_found_by_its_name_and_verified_by_computing_it_again(project: Project) -> None:
    (result,) = results_of(project, SWEEP)
    assert result in list(all_results(project))
    verdict = verify(project, result, say=print)
    assert (verdict.outcome, verdict.faults, verdict.changed) == ("bit-equal", (), ())
    path = project.data / "sweep" / SWEEP / "receipt.json"
    receipt = json.loads(path.read_text(encoding="utf-8"))
    assert receipt["stage"] == "sweep"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            f"experiment: {EXPERIMENT}",
            "experiment: nothing",
            r"params\.yaml:5:23: .*'nothing' is not in 'experiments' above",
        ),
        (
            f"experiment: {EXPERIMENT}}}",
            f"experiment: {EXPERIMENT}}}\n  twin: {{experiment: {EXPERIMENT}}}",
            "is the same",
        ),
    ],
)
def test_a_sweep_of_nothing_or_made_twice_is_refused(
    project: Project, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    copy = copy_of(project, tmp_path / "copy")
    copy.params_file.write_text(copy.params_file.read_text().replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=reason):
        resolve(copy)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("override /search: grid", "override /search: none", "search.space: unknown key"),
        ("strategy.fast_bars: {", "strategy.fast_barz: {", "Did you mean 'strategy.fast_bars'"),
        (
            "[strategy.fast_bars <",
            "[strategy.fast_barz <",
            "'strategy.fast_barz' is no value that a search may compare",
        ),
        ("[strategy.fast_bars < strategy.slow_bars]", "['strategy.fast_bars <']", "expected a number, a key"),
        ("high: 20", "high: 2", "high 2 is below low 5"),
    ],
)
def test_a_search_that_cannot_be_is_refused_before_anything_runs(
    project: Project, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    copy = copy_of(project, tmp_path / "copy")
    path = copy.conf / "experiment" / f"{EXPERIMENT}.yaml"
    path.write_text(path.read_text().replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=reason):
        resolve(copy)


def test_a_search_without_a_space_has_nothing_to_try(project: Project, tmp_path: Path) -> None:
    copy = copy_of(project, tmp_path / "copy")
    path = copy.conf / "experiment" / f"{EXPERIMENT}.yaml"
    path.write_text(path.read_text().partition("search:\n")[0], encoding="utf-8")
    with pytest.raises(ConfigError, match="has no search with a space: nothing to try"):
        resolve(copy)


def test_an_unknown_sweep_is_named(project: Project) -> None:
    with pytest.raises(StageError, match="sweeps has no 'big'"):
        list(run_stage(project, "sweep", "big", say=print))
