"""Many files changed as one step: all of them or none, also after an error or a kill in the middle."""

import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from enerqis.core.errors import StageError
from enerqis.io import journal
from enerqis.io.journal import Change

NAMES = [f"folder/{number}.txt" for number in range(20)]


def digest(text):
    return sha256(text.encode()).hexdigest()


def changes(before, after):
    return [Change(name, digest(f"{name} {before}") if before else None, f"{name} {after}".encode()) for name in NAMES]


def content(root):
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def expected(word):
    return {name: f"{name} {word}" for name in NAMES}


def fail_at(monkeypatch, name):
    """Let the disk fail as a file of that name is moved to its place."""
    replace = journal.replace

    def failing(new, out):
        if out.name == name:
            raise OSError("the disk failed")
        replace(new, out)

    monkeypatch.setattr(journal, "replace", failing)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "tree"
    journal.apply(root, changes(None, "old"))
    return root


def test_files_are_written_changed_and_removed_and_others_stay(root):
    (root / "theirs.txt").write_text("theirs", encoding="utf-8")
    removal = Change(NAMES[0], digest(f"{NAMES[0]} old"), None)
    journal.apply(root, [removal, *changes("old", "new")[1:]])
    assert content(root) == {name: text for name, text in expected("new").items() if name != NAMES[0]} | {
        "theirs.txt": "theirs"
    }


def test_a_folder_that_a_removal_leaves_empty_goes_with_it(root):
    journal.apply(root, [Change(name, digest(f"{name} old"), None) for name in NAMES])
    assert list(root.iterdir()) == []


def test_after_an_error_in_the_middle_the_next_one_finishes(root, monkeypatch):
    with monkeypatch.context() as failing:
        fail_at(failing, "z")
        with pytest.raises(OSError, match="the disk failed"):
            journal.apply(root, [*changes("old", "new"), Change("z", None, b"z")])
    assert journal.is_open(root)
    assert journal.finish(root)
    assert content(root) == expected("new") | {"z": "z"}
    assert not journal.finish(root)


def test_what_somebody_changed_in_between_stays_theirs(root):
    (root / NAMES[3]).write_text("edited", encoding="utf-8")
    journal.apply(root, changes("old", "new"))
    assert content(root) == expected("new") | {NAMES[3]: "edited"}


def stage(root, path, text):
    """Leave a step behind as a killed writer would, or as somebody who wants one finished."""
    (root / journal.FOLDER).mkdir()
    (root / journal.FOLDER / "0").write_text(text, encoding="utf-8")
    (root / journal.FOLDER / journal.FILE).write_text(f'[["{path}", null, "{digest(text)}"]]', encoding="utf-8")


@pytest.mark.parametrize("path", ["../evil.sh", "folder/../../evil.sh", "/evil.sh", "linked/evil.sh", ""])
def test_no_step_reaches_out_of_the_folder(root, tmp_path, path):
    (tmp_path / "elsewhere").mkdir()
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    stage(root, path, "evil")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StageError, match=r"leads out of the (folder|tree).*(?s:.)*Nothing was changed"):
        journal.finish(root)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_stands_in_the_way_is_named_and_the_step_is_finished_once_it_is_gone(root):
    (root / "new.txt").mkdir()
    stage(root, "new.txt", "new")
    with pytest.raises(StageError, match=r"new\.txt: a folder stands there\. Move it"):
        journal.finish(root)
    (root / "new.txt").rmdir()
    assert journal.finish(root)
    assert (root / "new.txt").read_text("utf-8") == "new"


def test_bytes_that_were_staged_and_never_decided_are_dropped(root):
    (root / journal.FOLDER).mkdir()
    (root / journal.FOLDER / "0").write_text("half", encoding="utf-8")
    assert not journal.finish(root)
    assert content(root) == expected("old")


PROGRAM = """
import sys
from pathlib import Path
from hashlib import sha256
from enerqis.io import journal
root = Path(sys.argv[1])
names = [f"folder/{number}.txt" for number in range(20)]
def changes(before, after):
    old = [sha256(f"{name} {before}".encode()).hexdigest() for name in names]
    return [journal.Change(name, was, f"{name} {after}".encode()) for name, was in zip(names, old)]
print("ready", flush=True)
while True:
    journal.apply(root, changes("old", "new"))
    journal.apply(root, changes("new", "old"))
"""


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_the_tree_is_the_old_one_or_the_new_one(root, seed):
    writer = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root)], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    with writer:
        assert writer.stdout.readline() == "ready\n"
        time.sleep(random.Random(seed).uniform(0.0, 0.1))
        writer.send_signal(signal.SIGKILL)
    journal.finish(root)
    assert content(root) in (expected("old"), expected("new"))
