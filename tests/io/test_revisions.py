"""Trees of a real git repository, read without touching it."""

import os
import subprocess

import pytest

from enerqis.core.errors import SetupError
from enerqis.io.revisions import WORKING_TREE, fetch_command, repository

AS_SOMEBODY = {
    **os.environ,
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, env=AS_SOMEBODY, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "repository" / "project"
    root.mkdir(parents=True)
    git(root.parent, "init", "-q", "-b", "main")
    (root / "kept.txt").write_text("one\n")
    (root / "edited.txt").write_text("one\n")
    (root / ".gitignore").write_text("ignored.txt\n")
    (root / ".gitattributes").write_text("kept.txt export-ignore\n")
    (root / "outside").symlink_to("/")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    (root / "edited.txt").write_text("two\n")
    git(root, "commit", "-qam", "second")
    return root


def state(root):
    """Return all that git keeps of a repository, byte by byte."""
    files = [each for each in (root.parent / ".git").rglob("*") if each.is_file()]
    return {each: each.read_bytes() for each in files}


def test_the_working_tree_is_read_with_new_files_and_without_ignored_ones_and_git_is_left_as_it_was(project):
    (project / "new.txt").write_text("new\n")
    (project / "ignored.txt").write_text("ignored\n")
    (project / "kept.txt").unlink()
    before = state(project)
    with repository(project) as found:
        tree = found.working_tree()
        head = found.revision("HEAD")
        content = found.content([tree.entries["new.txt"].blob, head.entries["edited.txt"].blob])
    assert (tree.name, tree.commit) == (WORKING_TREE, "")
    assert sorted(tree.entries) == [".gitattributes", ".gitignore", "edited.txt", "new.txt", "outside"]
    assert sorted(content.values()) == [b"new\n", b"two\n"]
    assert state(project) == before


def test_an_export_holds_what_a_tree_wants_hidden_and_nothing_that_leads_outside(project, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    with repository(project) as found:
        found.export(found.revision("HEAD~1"), folder, lambda path: path != ".gitignore")
    assert sorted(each.name for each in folder.iterdir()) == [".gitattributes", "edited.txt", "kept.txt"]
    assert (folder / "edited.txt").read_text() == "one\n"


def test_a_shallow_clone_names_the_command_that_brings_what_it_lacks(project, tmp_path):
    git(project, "branch", "other", "HEAD~1")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{project.parent}", "clone")
    clone = tmp_path / "clone" / "project"
    for word in ("HEAD~1", "origin/other"):
        with repository(clone) as found, pytest.raises(SetupError, match="not in this shallow clone") as refused:
            found.revision(word)
        git(clone, *str(refused.value).partition("Get it: git ")[2].split())
        with repository(clone) as found:
            assert "edited.txt" in found.revision(word).entries


def test_a_revision_that_nobody_has_and_a_folder_without_git_are_refused(project, tmp_path):
    with repository(project) as found:
        with pytest.raises(SetupError, match="'nowhere' is no revision of this repository"):
            found.revision("nowhere")
        with pytest.raises(SetupError, match="no revision"):
            found.revision("--all")
        assert not found.is_commit("edited.txt")
    with pytest.raises(SetupError, match="in no git repository"), repository(tmp_path):
        pass


@pytest.mark.parametrize(
    ("word", "command"),
    [
        ("HEAD~3", "git fetch --deepen=3 origin"),
        ("main^", "git fetch --deepen=1 origin"),
        ("a" * 40, f"git fetch --depth=1 origin {'a' * 40}"),
        ("origin/main", "git fetch --depth=1 origin +refs/heads/main:refs/remotes/origin/main"),
        ("feature/x", "git fetch --depth=1 origin +refs/heads/feature/x:refs/remotes/origin/feature/x"),
    ],
)
def test_the_command_fetches_no_more_than_is_needed(word, command):
    assert fetch_command(word) == command
