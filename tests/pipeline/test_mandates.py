"""Who set what the approvers' file says: on a line of commits, on branches that meet, and whatever is done to its lines."""

import pytest

from enerqis.compose.governed_yaml import APPROVERS_FILE
from enerqis.io.git import with_former_names
from enerqis.pipeline.mandates import setters
from tests.governance.ledger_of_states import commit, git, repository

KEY = "ed25519:" + "A" * 43 + "="
TEXT = f"""\
edges:
  paper: {{approvals: 1, roles: [governance]}}
  live: {{approvals: 2, roles: [governance]}}
loosening: {{approvals: 1, roles: [governance]}}
people:
  - name: bob
    emails: [bob@example.org]
    roles: [governance]
    key: {KEY}
"""
FEWER = TEXT.replace("approvals: 2", "approvals: 1")
LIVE, KEY_OF_BOB = "rule edges.live", "key of bob"


@pytest.fixture
def desk(tmp_path):
    project = repository(tmp_path / "desk")
    (project.root / ".cbr").mkdir()
    return project


def say(project, text, by):
    (project.root / APPROVERS_FILE).write_text(text, encoding="utf-8")
    commit(project.root, by, email=f"{by}@example.org")


def who_set(project, part=LIVE):
    return sorted(each.emails[0].partition("@")[0] for each in setters(project, [part])[part])


def test_moved_lines_set_nothing_and_a_changed_value_does(desk):
    say(desk, TEXT, "cleo")
    say(
        desk,
        "# who may approve\n"
        + TEXT.replace("{approvals: 2, roles: [governance]}", "{roles: [governance], approvals: 2}"),
        "ada",
    )
    assert (who_set(desk), who_set(desk, KEY_OF_BOB)) == (["cleo"], ["cleo"])
    say(desk, FEWER, "ada")
    assert (who_set(desk), who_set(desk, KEY_OF_BOB)) == (["ada"], ["cleo"])


def test_a_deleted_line_is_a_change_where_the_default_says_otherwise(desk):
    say(desk, TEXT, "cleo")
    say(desk, TEXT.replace("approvals: 2, ", ""), "ada")
    assert who_set(desk) == ["ada"]


def test_who_puts_the_file_back_answers_for_it(desk):
    say(desk, TEXT, "ada")
    assert who_set(desk) == ["ada"]
    (desk.root / APPROVERS_FILE).unlink()
    commit(desk.root, "out", email="cleo@example.org")
    assert who_set(desk) == []
    say(desk, TEXT, "cleo")
    assert who_set(desk) == ["cleo"]


def test_a_merge_of_honest_branches_sets_nothing(desk):
    say(desk, FEWER, "ada")
    git(desk.root, "switch", "-qc", "work")
    (desk.root / "work.txt").write_text("work\n", encoding="utf-8")
    commit(desk.root, "work")
    git(desk.root, "switch", "-q", "main")
    say(desk, TEXT, "cleo")
    git(desk.root, "switch", "-q", "work")
    git(desk.root, "merge", "-q", "--no-ff", "--no-edit", "main", email="ada@example.org")
    assert who_set(desk) == ["cleo"]


def test_a_merge_that_brings_an_old_rule_back_sets_it(desk):
    say(desk, FEWER, "bob")
    old = git(desk.root, "rev-parse", "HEAD").stdout.strip()
    say(desk, TEXT, "cleo")
    git(desk.root, "switch", "-qc", "old", old)
    (desk.root / "work.txt").write_text("work\n", encoding="utf-8")
    commit(desk.root, "work", email="bob@example.org")
    git(desk.root, "switch", "-q", "main")
    git(desk.root, "merge", "-q", "--no-commit", "--no-ff", "old")
    say(desk, FEWER, "ada")
    assert "ada" in who_set(desk)


def test_a_file_is_followed_through_two_renames(desk):
    old, middle, new = (desk.root / f"{name}.yaml" for name in ("old", "middle", "new"))
    old.write_text("a: 1\nb: 2\nc: 3\n", encoding="utf-8")
    commit(desk.root, "old")
    git(desk.root, "mv", str(old), str(middle))
    commit(desk.root, "middle")
    git(desk.root, "mv", str(middle), str(new))
    commit(desk.root, "new")
    assert with_former_names(desk.root, [new]) == sorted([old, middle, new])
    assert with_former_names(desk.root, [desk.root / ".gitignore"]) == [desk.root / ".gitignore"]
