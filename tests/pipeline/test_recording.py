"""The record of trials that git keeps: made from the ledger, joined by git, and never smaller unseen."""

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta

import pytest

from enerqis.core.errors import DataError
from enerqis.io.project import Project
from enerqis.io.trial_file import path_of, read, text_of
from enerqis.pipeline.known_trials import known_trials, trials_digest
from enerqis.pipeline.recording import first_days, record, trial_faults
from enerqis.pipeline.trial_history import history
from enerqis.quant.return_moments import Moments
from enerqis.tracking.ledger import open_ledger
from enerqis.tracking.trial import Trial

DATASET, CONTENT = "prices", "c" * 64
PARAMS = "datasets: [prices]\nexperiments: {first: {dataset: prices, set: {}}}\n"
MOMENTS = Moments(periods=250, mean=0.001, std=0.01, skew=-0.5, kurtosis=4.0, periods_per_year=252.0)
STILL = base64.b64encode(bytes(128)).decode()
"""Signature of an account that never moved."""


def trial(number, outcome="finished", **others):
    """Return a trial whose key is scattered as a hash is."""
    key = f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 4
    moments = MOMENTS._replace(mean=number / 1e4) if outcome == "finished" else None
    row = Trial(key, CONTENT, outcome, f"run {number}", "sma_cross", DATASET, "first", moments=moments)
    return replace(row, **others)


def bare(root):
    """Write the files that say which datasets and experiments a project has."""
    for group, name in (("dataset", "prices"), ("experiment", "first")):
        (root / "conf" / group).mkdir(parents=True)
        (root / "conf" / group / f"{name}.yaml").write_text("")
    (root / "params.yaml").write_text(PARAMS)
    return Project(root)


def git(folder, *words, check=True):
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=check, capture_output=True, text=True)


@pytest.fixture(scope="module")
def attributes():
    return (Project.find().root / ".gitattributes").read_text("utf-8")


@pytest.fixture
def project(tmp_path, attributes):
    root = bare(tmp_path / "project").root
    (root / ".gitignore").write_text(".enerqis/\n.dvc/\n")
    (root / ".gitattributes").write_text(attributes)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    return Project(root)


def tell(project, *numbers, **others):
    open_ledger(project).record([trial(number, **others) for number in numbers])


def commit(project, message="record"):
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", message)


def keys(project):
    return [line.key for line in read(path_of(project.root, DATASET)).lines]


def said(project, *, is_fault=True):
    return [each.what for each in trial_faults(project) if each.is_fault == is_fault]


def test_every_trial_has_one_line_with_its_figures_failed_and_abandoned_ones_without(project):
    tell(project, 1, 2)
    tell(project, 3, outcome="failed")
    tell(project, 4, outcome="started")
    assert record(project) == [(DATASET, 4, 4)]
    lines = read(path_of(project.root, DATASET)).lines
    assert [line.key for line in lines] == sorted(trial(number).key for number in (1, 2, 3, 4))
    assert sorted(line.mean for line in lines if line.mean is not None) == [0.0001, 0.0002]
    text = path_of(project.root, DATASET).read_text("utf-8")
    assert sum(line.startswith('{"after"') for line in text.splitlines()) == 4
    assert json.loads(text)["dataset"] == DATASET


def test_recording_twice_changes_nothing_and_another_machine_writes_the_same_bytes(project, tmp_path):
    tell(project, 1, 2, 3)
    record(project)
    text = path_of(project.root, DATASET).read_bytes()
    assert record(project) == [(DATASET, 3, 0)]
    assert path_of(project.root, DATASET).read_bytes() == text
    other = bare(tmp_path / "other")
    for number in (3, 1, 2):
        tell(other, number)
    record(other)
    assert path_of(other.root, DATASET).read_bytes() == text


def test_another_evaluation_is_a_further_line_of_the_same_trial_and_the_last_one_speaks(project):
    tell(project, 1)
    record(project)
    again = trial(1, moments=MOMENTS._replace(mean=0.005))
    open_ledger(project).record([again, trial(1, moments=MOMENTS._replace(mean=0.005000000001))])
    assert record(project) == [(DATASET, 1, 1)]
    assert record(project) == [(DATASET, 1, 0)]
    found = read(path_of(project.root, DATASET))
    assert len(found.lines) == 2
    assert [line.mean for line in found.latest(CONTENT)] == pytest.approx([0.005])


def test_a_trial_that_was_recorded_without_returns_gets_one_further_line_with_them(project):
    tell(project, 1, 2)  # as an older version told of points of a sweep
    record(project)
    commit(project)
    git(project.root, "switch", "-qc", "other")
    open_ledger(project).record([trial(1, signature=STILL, run_id="by newer code")])
    assert history(project).counts[0].unlike == 1
    assert record(project) == [(DATASET, 2, 1)]
    assert record(project) == [(DATASET, 2, 0)]
    assert sorted(each.signature for each in known_trials(project.root, CONTENT)) == ["", STILL]
    commit(project)
    git(project.root, "switch", "-q", "main")
    (project.state / "ledger.db").unlink()  # another machine, of the older version
    (project.root / ".dvc" / "tmp" / "enerqis-ledger.json").unlink()
    tell(project, 3)
    record(project)
    tell(project, 1, moments=MOMENTS._replace(mean=0.007))
    record(project)  # this line comes after more lines than the one with returns
    commit(project)
    git(project.root, "merge", "-q", "-m", "join", "other")
    assert record(project) == [(DATASET, 3, 0)]
    found = {each.key: each.signature for each in known_trials(project.root, CONTENT)}
    assert found == {trial(1).key: STILL, trial(2).key: "", trial(3).key: ""}
    assert said(project) == []


def test_trials_of_two_branches_are_joined_by_git_itself_and_count_together(project):
    tell(project, *range(10))
    record(project)
    commit(project)
    git(project.root, "switch", "-qc", "other")
    tell(project, *range(10, 20))
    record(project)
    commit(project)
    git(project.root, "switch", "-q", "main")
    (project.state / "ledger.db").unlink()  # the other branch was another machine's
    (project.root / ".dvc" / "tmp" / "enerqis-ledger.json").unlink()
    tell(project, *range(15, 25))
    record(project)
    commit(project)
    git(project.root, "merge", "-q", "-m", "join", "other")
    assert git(project.root, "status", "--porcelain").stdout == ""
    joined = read(path_of(project.root, DATASET))
    assert {line.key for line in joined.lines} == {trial(number).key for number in range(25)}
    assert joined.faults() == []
    assert len(joined.heads) == 2
    assert len(joined.latest(CONTENT)) == 25
    json.loads(path_of(project.root, DATASET).read_text("utf-8"))
    tell(project, 25)
    record(project)
    assert len(read(path_of(project.root, DATASET)).heads) == 1
    assert said(project) == []


def test_two_branches_that_both_begin_the_file_are_joined(project):
    git(project.root, "switch", "-qc", "other")
    tell(project, 1, 2)
    record(project)
    commit(project)
    git(project.root, "switch", "-q", "main")
    (project.state / "ledger.db").unlink()
    (project.root / ".dvc" / "tmp" / "enerqis-ledger.json").unlink()
    tell(project, 2, 3)
    record(project)
    commit(project)
    git(project.root, "merge", "-q", "-m", "join", "other")
    assert set(keys(project)) == {trial(number).key for number in (1, 2, 3)}
    assert said(project) == []


def test_a_conflict_that_a_tool_left_is_mended_by_recording_again(project):
    git(project.root, "rm", "-q", ".gitattributes")
    tell(project, 1)
    record(project)
    commit(project)
    git(project.root, "switch", "-qc", "other")
    tell(project, 2)
    record(project)
    commit(project)
    git(project.root, "switch", "-q", "main")
    (project.state / "ledger.db").unlink()
    (project.root / ".dvc" / "tmp" / "enerqis-ledger.json").unlink()
    tell(project, 3)
    record(project)
    commit(project)
    merged = git(project.root, "merge", "-q", "-m", "join", "other", check=False)
    assert merged.returncode == 1
    assert "<<<<<<<" in path_of(project.root, DATASET).read_text("utf-8")
    record(project)
    assert set(keys(project)) == {trial(number).key for number in (1, 2, 3)}
    assert said(project) == []
    json.loads(path_of(project.root, DATASET).read_text("utf-8"))


def test_a_clone_counts_what_was_recorded_and_its_ledger_learns_it(project, tmp_path):
    tell(project, 1, 2, 3)
    record(project)
    commit(project)
    git(tmp_path, "clone", "-q", str(project.root), "clone")
    clone = Project(tmp_path / "clone")
    (found,) = history(clone).counts
    assert (found.trials, found.recorded) == (3, 3)
    assert open_ledger(clone).count(CONTENT) == 3
    before = path_of(clone.root, DATASET).read_bytes()
    assert record(clone) == [(DATASET, 3, 0)]
    assert path_of(clone.root, DATASET).read_bytes() == before


def test_removing_outputs_and_state_makes_no_count_smaller(project):
    tell(project, 1, 2, 3)
    record(project)
    shutil.rmtree(project.state)
    assert any("cut: it had 6 rows, 0 are there" in each for each in said(project))
    record(project)
    assert open_ledger(project).count(CONTENT) == 3
    assert len(keys(project)) == 3
    assert any("6 rows of an earlier ledger are gone" in each for each in said(project))


def _without(project, number, *, tip=False):
    path = path_of(project.root, DATASET)
    key = trial(number).key
    lines = [line for line in path.read_text("utf-8").splitlines(keepends=True) if key not in line]
    path.write_text("".join(line for line in lines if not (tip and '"tip"' in line)), "utf-8")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_line_that_was_removed_is_missed_by_the_file_itself(project, number):
    tell(project, 1, 2, 3)
    record(project)
    _without(project, number)
    assert read(path_of(project.root, DATASET)).faults() != []


def test_a_line_that_was_edited_is_found_by_the_file_itself(project):
    tell(project, 1, 2, 3)
    record(project)
    path = path_of(project.root, DATASET)
    path.write_text(path.read_text("utf-8").replace('"mean":0.0002', '"mean":0.0001'), "utf-8")
    assert any("removed or changed" in each for each in read(path).faults())


def test_a_last_line_removed_with_its_tip_is_missed_by_the_ledger_and_recorded_again(project):
    tell(project, 1)
    record(project)
    tell(project, 2)
    record(project)
    before = path_of(project.root, DATASET).read_bytes()
    _without(project, 2, tip=True)
    assert any("were recorded, on another branch or before a line was removed" in each for each in said(project))
    record(project)
    assert set(keys(project)) == {trial(1).key, trial(2).key}
    assert len(before) == len(path_of(project.root, DATASET).read_bytes())


def test_what_git_remembers_is_missed_where_neither_file_nor_ledger_do(project, tmp_path):
    tell(project, 1, 2)
    record(project)
    commit(project)
    path_of(project.root, DATASET).unlink()
    commit(project, "tidy up")
    git(tmp_path, "clone", "-q", str(project.root), "clone")
    assert any("2 trials" in each and "of earlier commits" in each for each in said(Project(tmp_path / "clone")))


def test_a_trial_that_is_not_recorded_is_said_and_is_no_fault(project):
    tell(project, 1)
    assert said(project) == []
    assert "1 trial" in said(project, is_fault=False)[0]
    record(project)
    assert said(project, is_fault=False) == []


EARLY, LATE = date(2001, 2, 3), date(2999, 1, 1)


def _rewrite_days(project, day):
    """Give every trial of the file another day; None takes the days away, as in a file of an older version."""
    path = path_of(project.root, DATASET)
    found = read(path)
    days = {} if day is None else dict.fromkeys(found.days, day)
    path.write_text(text_of(replace(found, days=days), DATASET), "utf-8")


def _days(project):
    return read(path_of(project.root, DATASET)).days


def test_a_trial_has_the_utc_day_of_its_first_row(project):
    tell(project, 1, 2)
    record(project)
    rows = open_ledger(project).rows()
    assert _days(project) == {row.trial.key: date.fromisoformat(row.instant[:10]) for row in rows}
    later = [replace(row, instant="2999-01-01T00:00:00+00:00") for row in rows]
    assert first_days([*later, *rows]) == _days(project)
    from_file = [replace(row, trial=replace(row.trial, outcome="recorded")) for row in rows]
    assert first_days(from_file) == first_days([*rows, *from_file]) == {}


def test_a_file_without_days_is_read_and_recording_gives_them_from_the_ledger(project, tmp_path):
    tell(project, 1, 2)
    record(project)
    text = path_of(project.root, DATASET).read_bytes()
    _rewrite_days(project, None)
    assert said(project) == []
    assert [each.recorded for each in known_trials(project.root, CONTENT)] == [None, None]
    commit(project)
    git(tmp_path, "clone", "-q", str(project.root), "clone")
    clone = Project(tmp_path / "clone")
    assert record(clone) == [(DATASET, 2, 0)]  # its ledger knows of them from the file alone
    tell(clone, 1)  # and a run of one of them says no more of when it was made first
    assert record(clone) == [(DATASET, 2, 0)]
    assert _days(clone) == {}
    assert record(project) == [(DATASET, 2, 2)]
    assert path_of(project.root, DATASET).read_bytes() == text
    assert record(project) == [(DATASET, 2, 0)]


def test_the_earlier_of_two_days_is_kept_and_a_later_one_is_put_right(project):
    tell(project, 1)
    record(project)
    (today,) = _days(project).values()
    _rewrite_days(project, LATE)
    assert record(project) == [(DATASET, 1, 1)]
    assert [*_days(project).values()] == [today]
    _rewrite_days(project, EARLY)
    assert record(project) == [(DATASET, 1, 0)]
    assert [*_days(project).values()] == [EARLY]


def test_git_joins_two_days_of_one_trial_and_the_earlier_counts(project):
    tell(project, 1, 2)
    record(project)
    commit(project)
    git(project.root, "switch", "-qc", "other")
    _rewrite_days(project, EARLY)
    commit(project)
    git(project.root, "switch", "-q", "main")
    _rewrite_days(project, EARLY + timedelta(days=9))
    commit(project)
    git(project.root, "merge", "-q", "-m", "join", "other")
    assert path_of(project.root, DATASET).read_text("utf-8").count('"recorded"') == 4
    assert set(_days(project).values()) == {EARLY}
    record(project)
    assert path_of(project.root, DATASET).read_text("utf-8").count('"recorded"') == 2
    assert said(project) == []


def test_a_day_tells_what_a_page_shows_and_counts_no_trial(project):
    tell(project, 1, 2)
    record(project)
    before = known_trials(project.root, CONTENT)
    _rewrite_days(project, EARLY)
    after = known_trials(project.root, CONTENT)
    assert [each.key for each in after] == [each.key for each in before]
    assert trials_digest(after) != trials_digest(before)


def test_a_day_hides_no_trial_that_was_removed_even_with_its_tip(project):
    tell(project, 1)
    record(project)
    tell(project, 2)
    record(project)
    path = path_of(project.root, DATASET)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    gone = trial(2).key
    kept = [line for line in lines if not (gone in line and '"after"' in line) and '"tip"' not in line]
    path.write_text("".join(kept), "utf-8")
    assert any("has a day and no line" in each for each in read(path).faults())
    assert [each.key for each in known_trials(project.root, CONTENT)] == [trial(1).key]
    assert any("were recorded" in each for each in said(project))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            STILL,
            "abc",
            r"^\.cbr/trials/prices\.json:5: signature: no signature, which is 172 .* Take the file from git",
        ),
        ('"strategy":', '"strategy"', r"^\.cbr/trials/prices\.json:5: not JSON: .* Take the file from git"),
    ],
)
def test_a_line_that_was_edited_into_no_trial_is_named_by_its_place(tmp_path, old, new, said):
    project = bare(tmp_path)
    open_ledger(project).record([trial(1, signature=STILL)])
    record(project)
    path = path_of(project.root, DATASET)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        known_trials(project.root, CONTENT)
