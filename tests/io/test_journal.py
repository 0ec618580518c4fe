"""Many files changed as one step: all of them or none, also after an error or a kill in the middle."""

import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

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


def test_after_an_error_in_the_middle_the_next_one_finishes(root):
    (root / "z").mkdir()
    with pytest.raises(IsADirectoryError):
        journal.apply(root, [*changes("old", "new"), Change("z", None, b"z")])
    assert journal.is_open(root)
    (root / "z").rmdir()
    assert journal.finish(root)
    assert content(root) == expected("new") | {"z": "z"}
    assert not journal.finish(root)


def test_what_somebody_changed_in_between_stays_theirs(root):
    (root / NAMES[3]).write_text("edited", encoding="utf-8")
    journal.apply(root, changes("old", "new"))
    assert content(root) == expected("new") | {NAMES[3]: "edited"}


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
