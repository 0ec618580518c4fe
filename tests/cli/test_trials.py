"""`enerqis trials` counts, shows and records."""

import json
from dataclasses import replace

import pytest

from enerqis.cli.main import main
from enerqis.cli.trials import _count_row, _sentence
from enerqis.pipeline.trial_history import history
from enerqis.tracking.ledger import open_ledger
from tests.pipeline.finished import DATASET, EXPERIMENT, copy_of


@pytest.fixture
def project(untouched_project, tmp_path, monkeypatch):
    copy = copy_of(untouched_project, tmp_path / "copy")
    monkeypatch.chdir(copy.root)
    return copy


def _shown(capsys, *words):
    assert main(["trials", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_it_shows_k_and_the_history_of_an_experiment_and_of_a_dataset(project, capsys):
    for word in (EXPERIMENT, DATASET):
        found = _shown(capsys, word)
        (counted,) = found["counts"]
        assert (counted["dataset"], counted["trials"], counted["effective"]) == (DATASET, 1, 1)
        assert [each["outcome"] for each in found["history"]] == ["finished"]  # and not that it was started
    assert main(["trials"]) == 0
    assert f"{DATASET}\t" in capsys.readouterr().out


def test_effective_k_is_said_in_words_where_there_is_more_than_one_trial(project, capsys):
    assert main(["trials"]) == 0
    assert "independent" not in capsys.readouterr().out
    ledger = open_ledger(project)
    one = ledger.rows()[-1].trial
    ledger.record(
        [replace(one, key="e" * 64), replace(one, key="f" * 64, outcome="failed", moments=None, signature="")]
    )
    assert main(["trials"]) == 0
    said = f"{DATASET} {one.content[:12]}: K 3, of which 2 independent by return correlation\n"  # a twin, and one that failed
    assert said in capsys.readouterr().out


def test_a_long_reason_of_failure_is_one_line_and_what_is_left_out_is_said(project, capsys):
    ledger = open_ledger(project)
    one = ledger.rows()[-1].trial
    detail = "\x1b[1mUnknown attribute 'avg'\n\x1b[0mFile ..., line 648"
    ledger.record([replace(one, key="f" * 64, outcome="failed", detail=detail, moments=None, signature="")])
    assert main(["trials", "--last", "1"]) == 0
    said = capsys.readouterr().out
    assert "\tfailed (Unknown attribute 'avg')\t" in said
    assert "the last 1 of 2; all of them: --last 2\n" in said


def test_effective_k_is_a_bound_where_an_older_version_kept_no_returns_and_it_is_said_what_to_do(project):
    (counted,) = history(project).counts
    assert (counted.unlike, _count_row(counted)[3]) == (0, "1")
    older = counted._replace(trials=371, effective=369, unlike=2)
    assert _count_row(older)[3] == "at most 369"
    first, second = _sentence(older).splitlines()
    assert (
        "K 371, of which at most 369 independent by return correlation: an older version kept no returns of 2" in first
    )
    assert second.endswith("then 'enerqis trials record'")


def test_a_word_that_names_nothing_is_refused(project, capsys):
    assert main(["trials", "goog_sma_crossing"]) == 1
    assert "Did you mean 'goog_sma_cross'?" in capsys.readouterr().err


def test_results_without_a_ledger_and_a_record_count(project, capsys):
    (project.state / "ledger.db").unlink()
    assert main(["trials", "--json"]) == 1  # and that the ledger is gone is said
    found = json.loads(capsys.readouterr().out)
    assert [each["trials"] for each in found["counts"]] == [1]
    assert [each["outcome"] for each in found["history"]] == ["lost", "finished"]
    assert "rows of an earlier ledger are gone" in found["faults"][0]


def test_it_records_and_the_report_counts(project, capsys):
    assert main(["trials", "record"]) == 0
    assert f".cbr/trials/{DATASET}.json: 1 trials, 1 new lines" in capsys.readouterr().out
    assert _shown(capsys)["counts"][0]["recorded"] == 1
    assert main(["trials", "record"]) == 0
    assert "1 trials, 0 new lines" in capsys.readouterr().out
