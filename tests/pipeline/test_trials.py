"""Every backtest is counted, whatever becomes of it: finished, found finished, failed, killed."""

import json
import multiprocessing
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.io.parquet import read_any
from enerqis.io.project import Project
from enerqis.pipeline import api
from enerqis.pipeline.recording import record
from enerqis.pipeline.results import placed
from enerqis.pipeline.trials import counted
from enerqis.pipeline.verifying import verify
from enerqis.quant.signatures import returns_of
from enerqis.tracking.ledger import open_ledger, outcome_of
from enerqis.tracking.trial import Trial
from tests.pipeline.finished import DATASET, EXPERIMENT, copy_of

PAGE = "page/index.html"

STARTED = Trial("a" * 64, "c" * 64, "started", "run", "sma_cross", "prices", "first")


def test_a_run_is_counted_once_with_its_moments(untouched_project):
    receipt = placed(untouched_project, "backtest", EXPERIMENT).receipt
    content = receipt["identity"]["data"]["parquet"]
    (rows,) = open_ledger(untouched_project).keys(content).values()
    assert [row.trial.outcome for row in rows[:2]] == ["started", "finished"]
    trial = rows[1].trial
    assert (trial.run_id, trial.dataset, trial.experiment) == (receipt["stage_id"], DATASET, EXPERIMENT)
    equity = read_any(untouched_project.data / "backtest" / EXPERIMENT / "equity.parquet").column("equity").to_numpy()
    returns = equity[1:] / equity[:-1] - 1.0
    assert trial.moments.periods == len(returns)
    assert trial.moments.mean == pytest.approx(returns.mean(), rel=1e-9)
    assert trial.objective == pytest.approx(returns.mean() / returns.std(ddof=1), rel=1e-9)
    assert 250 < trial.moments.periods_per_year < 254
    grown = np.nanprod(1.0 + returns_of(trial.signature))
    assert grown == pytest.approx(equity[-1] / 100_000.0, rel=0.01)  # float16 has three digits


def test_a_result_that_is_there_is_no_new_row_and_an_unknown_one_is(untouched_project, tmp_path):
    project = copy_of(untouched_project, tmp_path / "copy")
    before = len(open_ledger(project).rows())
    api.run(EXPERIMENT, project=project.root)
    assert len(open_ledger(project).rows()) == before
    (project.state / "ledger.db").unlink()
    api.run(EXPERIMENT, project=project.root)
    assert [row.trial.outcome for row in open_ledger(project).rows()] == ["lost", "finished"]


def test_a_run_that_fails_is_counted_with_its_reason(tmp_path):
    ledger = open_ledger(Project(tmp_path))
    with pytest.raises(StageError), counted(ledger, STARTED, tmp_path / "entry"):
        raise StageError("no bars of GOOG")
    assert [(row.trial.outcome, row.trial.detail) for row in ledger.rows()] == [
        ("started", ""),
        ("failed", "no bars of GOOG"),
    ]
    assert ledger.count(STARTED.content) == 1


def _wait_inside(root, inside):
    with counted(open_ledger(Project(root)), STARTED, root / "entry"):
        inside.set()
        signal.pause()


def test_a_run_that_is_killed_is_counted_as_abandoned(tmp_path):
    context = multiprocessing.get_context("fork")
    inside = context.Event()
    process = context.Process(target=_wait_inside, args=(tmp_path, inside))
    process.start()
    assert inside.wait(30)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    (rows,) = open_ledger(Project(tmp_path)).keys(STARTED.content).values()
    assert outcome_of(rows) == "abandoned"


def test_a_report_counts_the_trials_that_are_recorded_beside_its_own(untouched_project, tmp_path):
    project = copy_of(untouched_project, tmp_path / "copy")
    before = placed(project, "report", EXPERIMENT).receipt
    # fast 2, 4, .. 40 below slow 10, 20, .. 200: 400 pairs less 16 + 11 + 6 + 1; the run, 10 over 30, is one of these 366
    assert "One of 366 configs tried on these data" in placed(project, "report", EXPERIMENT).path(PAGE).read_text(
        "utf-8"
    )
    record(project)
    api.run(EXPERIMENT, project=project.root)
    assert placed(project, "report", EXPERIMENT).receipt == before  # its own trial was counted already
    content = before["identity"]["data"]["parquet"]
    open_ledger(project).record([replace(STARTED, content=content, dataset=DATASET, outcome="failed")])
    assert record(project) == [(DATASET, 2, 1)]
    verdict = verify(project, placed(project, "report", EXPERIMENT), say=lambda line: None)
    assert verdict.outcome == "not computed again"
    assert any("its input 'trials' has another content now" in fault for fault in verdict.faults)
    api.run(EXPERIMENT, project=project.root)
    after = placed(project, "report", EXPERIMENT)
    changed = {
        name for name, value in after.receipt["identity"]["data"].items() if value != before["identity"]["data"][name]
    }
    assert changed == {"trials"}
    # the failed one is another config than those of the search
    text = after.path(PAGE).read_text("utf-8")
    assert "One of 367 configs tried on these data" in text
    day = open_ledger(project).rows()[-1].instant[:10]
    assert f"367 trials: this one, 1 recorded on {day}, and 365 without a day" in text
    assert "of this dataset, such as" not in text
    open_ledger(project).record([replace(STARTED, key="b" * 64, content="ab" * 32, dataset=DATASET, outcome="failed")])
    record(project)
    api.run(EXPERIMENT, project=project.root)
    grown = placed(project, "report", EXPERIMENT)
    assert grown.receipt["identity"]["data"]["trials elsewhere"] == "1 on 1"
    assert "1 more trial stands on another content of this dataset" in grown.path(PAGE).read_text("utf-8")


def test_a_point_of_a_search_has_the_key_and_figures_of_its_own_run(untouched_project):
    run = placed(untouched_project, "backtest", EXPERIMENT).receipt
    (row,) = open_ledger(untouched_project).keys(run["identity"]["data"]["parquet"]).values()
    text = (untouched_project.data / "validate" / EXPERIMENT / "validation.json").read_text("utf-8")
    tried = {each["key"]: each for each in json.loads(text)["search"]["tried"]}
    assert tried[row[0].trial.key] == {"key": row[0].trial.key, **run["facts"]["returns"]}
