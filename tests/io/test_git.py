"""What git remembers, asked of real repositories in which somebody would rather have it forgotten."""

import subprocess

import pytest

from enerqis.io.git import added_text, commits_on, uncommitted
from tests.governance.ledger_of_states import commit, git

FILE = ".cbr/log.json"


@pytest.fixture
def root(tmp_path):
    """A repository with one commit that added a line to the file."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / ".cbr").mkdir()
    _write(tmp_path, "one")
    commit(tmp_path, "one")
    return tmp_path


def _write(root, *lines):
    (root / FILE).write_text("".join(f"{each}\n" for each in lines), encoding="utf-8")


def _remembered(root):
    return set(added_text(root, root / FILE).splitlines())


@pytest.mark.parametrize("attribute", ["binary", "-diff", "diff=hidden"])
def test_no_attribute_hides_the_lines_of_a_file(root, attribute):
    (root / ".gitattributes").write_text(f"{FILE} {attribute}\n", encoding="utf-8")
    git(root, "config", "diff.hidden.textconv", "true")
    assert _remembered(root) == {"one"}


def _side_and_main(root):
    """Leave the branch `side` checked out; main has one more line of the file, side a file of its own."""
    git(root, "checkout", "-qb", "side")
    (root / "other").write_text("mine\n", encoding="utf-8")
    commit(root, "other")
    git(root, "checkout", "-q", "main")
    _write(root, "one", "two")
    commit(root, "two")
    git(root, "checkout", "-q", "side")


def test_a_line_of_a_branch_that_a_merge_took_nothing_of_is_remembered(root):
    _side_and_main(root)
    git(root, "merge", "-q", "-s", "ours", "-m", "merge", "main")
    assert (root / FILE).read_text(encoding="utf-8") == "one\n"
    assert _remembered(root) == {"one", "two"}


def test_a_line_that_only_a_merge_itself_added_is_remembered(root):
    _side_and_main(root)
    git(root, "merge", "-q", "--no-commit", "main", check=False)
    _write(root, "one", "two", "three")
    commit(root, "merge")
    _write(root, "one", "two")
    commit(root, "back")
    assert _remembered(root) == {"one", "two", "three"}


def test_a_replaced_commit_keeps_its_author(root):
    first = git(root, "rev-parse", "HEAD").stdout.strip()
    forged = git(root, "cat-file", "commit", first).stdout.replace("ada@example.org", "bob@example.org")
    words = ["git", "hash-object", "-t", "commit", "-w", "--stdin"]
    other = subprocess.run(words, cwd=root, input=forged, text=True, capture_output=True, check=True).stdout.strip()
    git(root, "replace", first, other)
    assert [each.emails for each in commits_on(root, [root / FILE])] == [("ada@example.org",)]


def test_a_file_as_it_was_committed_is_committed(root):
    (root / FILE).chmod(0o755)
    assert uncommitted(root, [root / FILE]) == []


def _edited(root):
    _write(root, "two")


def _edited_and_taken_for_unchanged(root):
    git(root, "update-index", "--assume-unchanged", FILE)
    _write(root, "two")


def _ignored(root):
    git(root, "rm", "-q", "--cached", FILE)
    (root / ".gitignore").write_text(".cbr\n", encoding="utf-8")
    commit(root, "ignored")


def _staged(root):
    _write(root, "two")
    git(root, "add", FILE)


def _link(root):
    (root / "elsewhere").write_text("one\n", encoding="utf-8")
    (root / FILE).unlink()
    (root / FILE).symlink_to("../elsewhere")
    commit(root, "link")


def _deleted(root):
    (root / FILE).unlink()


@pytest.mark.parametrize(
    "change",
    [_edited, _edited_and_taken_for_unchanged, _ignored, _staged, _link, _deleted],
    ids=lambda each: each.__name__,
)
def test_a_file_that_holds_something_else_is_not_committed(root, change):
    change(root)
    assert uncommitted(root, [root / FILE]) == [FILE]
