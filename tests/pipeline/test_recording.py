"""The record of trials that git keeps: made from the ledger, joined by git, and never smaller unseen."""

import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from enerqis.io.project import Project
from enerqis.io.trial_file import path_of, read
from enerqis.pipeline.recording import record, trial_faults
from enerqis.pipeline.trial_history import history
from enerqis.quant.return_moments import Moments
from enerqis.tracking.ledger import open_ledger
from enerqis.tracking.trial import Trial

DATASET, CONTENT = "prices", "c" * 64
PARAMS = "datasets: [prices]\nexperiments: {first: {dataset: prices, set: {}}}\n"
MOMENTS = Moments(periods=250, mean=0.001, std=0.01, skew=-0.5, kurtosis=4.0, periods_per_year=252.0)


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
