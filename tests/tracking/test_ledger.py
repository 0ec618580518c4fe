"""The trial ledger only grows: under several writers, under kill -9, and against whoever removes or edits rows."""

import multiprocessing
import os
import shutil
import signal
import sqlite3

import pytest

from enerqis.core.errors import SetupError, StageError
from enerqis.io.project import Project
from enerqis.quant.return_moments import Moments
from enerqis.tracking.ledger import latest, open_ledger, outcome_of
from enerqis.tracking.trial import Trial

CONTENT = "c" * 64
MOMENTS = Moments(periods=250, mean=0.001, std=0.01, skew=-0.5, kurtosis=4.0, periods_per_year=252.0)


def trial(number, outcome="finished", **others):
    return Trial(
        key=f"{number:064x}",
        content=CONTENT,
        outcome=outcome,
        run_id=f"run {number}",
        strategy="sma_cross",
        dataset="prices",
        experiment="first",
        **others,
    )


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def _edit(project, *statements):
    """Do to the file what no writer of ours does: without its triggers."""
    with sqlite3.connect(project.state / "ledger.db") as connection:
        connection.execute("DROP TRIGGER IF EXISTS trials_stay")
        connection.execute("DROP TRIGGER IF EXISTS trials_stand")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_row_comes_back_as_it_was_told_and_the_ledger_adds_when(project):
    ledger = open_ledger(project)
    told = trial(1, moments=MOMENTS, objective_name="sharpe_ratio", objective=1.5, signature="AAAA", part="fold 1")
    assert ledger.record([told]) == 1
    (row,) = ledger.rows()
    assert row.trial == told
    assert row.seq == 1
    assert row.instant.endswith("+00:00")


def test_a_figure_that_does_not_exist_comes_back_as_none_or_nan(project):
    ledger = open_ledger(project)
    flat = Moments(periods=3, mean=0.0, std=0.0, skew=float("nan"), kurtosis=float("nan"), periods_per_year=252.0)
    ledger.record([trial(1, moments=flat, objective=float("nan"))])
    (row,) = ledger.rows()
    assert row.trial.objective is None
    assert str(row.trial.moments) == str(flat)
    assert ledger.faults() == []


def test_a_minus_zero_is_no_change_of_a_row(project):
    # SQLite writes -0.0 as 0.0, and the hash of a row is of what is read back
    ledger = open_ledger(project)
    ledger.record([trial(1, moments=MOMENTS._replace(skew=-0.0), objective=-0.0)])
    assert ledger.faults() == []


def test_a_trial_counts_once_however_often_and_however_it_ended(project):
    ledger = open_ledger(project)
    ledger.record([trial(1, "started"), trial(1), trial(1), trial(1, part="stress costs_x2")])
    ledger.record([trial(2, "started"), trial(2, "failed", detail="no bars")])
    ledger.record([trial(3, "started")])
    assert ledger.count(CONTENT) == 3
    assert ledger.count("d" * 64) == 0
    outcomes = [outcome_of(rows) for rows in ledger.keys(CONTENT).values()]
    assert outcomes == ["finished", "failed", "abandoned"]
    assert outcome_of(ledger.keys(CONTENT)[f"{3:064x}"], {"run 3": True}) == "running"


def test_results_that_are_found_again_add_no_row(project):
    ledger = open_ledger(project)
    assert ledger.ensure([trial(1), trial(2), trial(2)]) == 2
    assert ledger.ensure([trial(1), trial(2)]) == 0
    assert ledger.ensure([trial(2, part="fold 1")]) == 1
    assert len(ledger.rows()) == 3


def test_the_last_evaluation_of_the_whole_run_speaks_for_a_trial(project):
    ledger = open_ledger(project)
    later = MOMENTS._replace(mean=0.002)
    ledger.record([trial(1, moments=MOMENTS), trial(1, moments=later), trial(1, moments=MOMENTS, part="fold 1")])
    (rows,) = ledger.keys(CONTENT).values()
    assert latest(rows).trial.moments == later


def test_a_row_with_returns_speaks_before_a_later_one_of_an_older_version_without(project):
    ledger = open_ledger(project)
    signed = trial(1, moments=MOMENTS, signature="AAAA")
    ledger.record([trial(1, moments=MOMENTS), signed, trial(1, "recorded", moments=MOMENTS)])
    ledger.record([trial(1, moments=MOMENTS, signature="BBBB", part="fold 1")])
    (rows,) = ledger.keys(CONTENT).values()
    assert latest(rows).trial == signed


def _write(root, writer, count):
    ledger = open_ledger(Project(root))
    for number in range(count):
        ledger.record([trial(1000 * writer + number, "started"), trial(1000 * writer + number)])


def test_several_writers_at_once_lose_nothing(project):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(project.root, writer, 12)) for writer in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    ledger = open_ledger(project)
    assert [row.seq for row in ledger.rows()] == list(range(1, 97))
    assert ledger.count(CONTENT) == 48
    assert ledger.faults() == []


def _write_for_ever(root, ready):
    ledger, number = open_ledger(Project(root)), 0
    while True:
        ledger.record([trial(number + each) for each in range(50)])
        number += 50
        ready.set()


def test_a_writer_killed_in_mid_append_leaves_whole_batches_only(project):
    context = multiprocessing.get_context("fork")
    for delay in (0.0, 0.003, 0.011):
        ready = context.Event()
        writer = context.Process(target=_write_for_ever, args=(project.root, ready))
        writer.start()
        assert ready.wait(30)
        ready.clear()
        ready.wait(delay)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        ledger = open_ledger(project)
        assert len(ledger.rows()) % 50 == 0
        assert ledger.faults() == []
    before = len(ledger.rows())
    ledger.record([trial(1)])
    assert len(ledger.rows()) == before + 1


def test_a_batch_that_cannot_be_written_leaves_nothing(project):
    ledger = open_ledger(project)
    with pytest.raises(AttributeError):
        ledger.record([trial(1), None])
    assert ledger.rows() == []


@pytest.mark.parametrize("statement", ["DELETE FROM trials", "UPDATE trials SET objective = 9"])
def test_a_row_cannot_be_removed_or_changed(project, statement):
    open_ledger(project).record([trial(1)])
    connection = sqlite3.connect(project.state / "ledger.db")
    with pytest.raises(sqlite3.IntegrityError, match="the trial ledger only grows"):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM trials WHERE seq = 2", "row 2: missing"),
        ("DELETE FROM trials WHERE seq = 1", "row 1: missing"),
        ("DELETE FROM trials WHERE seq = 3", "cut: it had 3 rows, 2 are there"),
        ("UPDATE trials SET outcome = 'failed' WHERE seq = 2", "row 2: changed"),
        ("UPDATE trials SET sha256 = 'x', previous = 'y' WHERE seq = 2", "row 2: does not follow"),
        ("UPDATE trials SET content = 'x' WHERE seq = 3", "row 3: changed"),
    ],
)
def test_what_was_done_without_the_triggers_is_found(project, statement, said):
    ledger = open_ledger(project)
    ledger.record([trial(1), trial(2), trial(3)])
    assert ledger.faults() == []
    _edit(project, statement)
    assert any(said in fault for fault in ledger.faults())


def test_a_ledger_that_was_removed_is_noticed_and_the_new_one_says_so_for_ever(project):
    ledger = open_ledger(project)
    ledger.record([trial(1), trial(2)])
    shutil.rmtree(project.state)
    assert ledger.faults() == ["cut: it had 2 rows, 0 are there"]
    assert ledger.record([trial(3)]) == 1
    assert ledger.count(CONTENT) == 1
    assert "2 rows of an earlier ledger are gone" in ledger.faults()[0]
    ledger.record([trial(4)])
    assert len(ledger.faults()) == 1


def test_a_ledger_that_is_no_database_is_refused_in_words(project):
    project.state.mkdir()
    (project.state / "ledger.db").write_text("not a database, not a database, not a database" * 50)
    with pytest.raises(StageError, match="Every run is counted, so none starts without it"):
        open_ledger(project).record([trial(1)])


def test_an_address_of_another_kind_is_refused(project):
    with pytest.raises(SetupError, match=r"tracking\.ledger_uri: .*Allowed: sqlite:///FILE, postgresql"):
        open_ledger(project, "mysql://host/ledger")
