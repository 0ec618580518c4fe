"""Outputs are whole or not there."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from enerqis.core.errors import StageError
from enerqis.io import atomic
from enerqis.io.atomic import TEMPORARY_PREFIX, new_folder, place_copy, scratch_folder, write_text

WATCH = """
import os, select, sys
out, looks, absences = sys.argv[1], 0, 0
print("watching", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for _ in range(1000):
        looks += 1
        absences += not os.path.exists(out)
print(looks, absences)
"""


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_folder_appears_only_when_the_block_ends_well(tmp_path: Path) -> None:
    with new_folder(tmp_path / "out") as work:
        (work / "a").write_text("1", encoding="utf-8")
        assert not (tmp_path / "out").exists()
    assert _names(tmp_path / "out") == ["a"]
    assert _names(tmp_path) == ["out"]


def test_after_an_error_the_old_folder_stands_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").touch()
    with pytest.raises(ValueError, match="broke"), new_folder(tmp_path / "out") as work:
        (work / "new").touch()
        raise ValueError("broke")
    assert _names(tmp_path / "out") == ["old"]
    assert _names(tmp_path) == ["out"]


def test_a_new_folder_replaces_the_old_one_whole(tmp_path: Path) -> None:
    for name in ("first", "second"):
        with new_folder(tmp_path / "out") as work:
            (work / name).touch()
    assert _names(tmp_path / "out") == ["second"]
    assert _names(tmp_path) == ["out"]


def test_a_folder_is_there_at_every_moment_of_its_replacement(tmp_path: Path) -> None:
    """A reader that looks without a pause finds one version or the other, which is what a kill at any moment leaves."""
    out = tmp_path / "out"
    with new_folder(out) as work:
        (work / "whole").touch()
    watcher = subprocess.Popen([sys.executable, "-c", WATCH, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert watcher.stdout is not None
    assert watcher.stdout.readline() == b"watching\n"
    for _ in range(150):
        with new_folder(out) as work:
            (work / "whole").touch()
    seen, _ = watcher.communicate(b"\n")
    looks, absences = map(int, seen.split())
    assert looks > 150
    assert absences == 0
    assert _names(tmp_path) == ["out"]


def test_without_exchange_a_folder_is_replaced_by_two_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "RENAME_EXCHANGE", 1 << 30)  # the kernel refuses flags that it does not know
    for name in ("first", "second"):
        with new_folder(tmp_path / "out") as work:
            (work / name).touch()
    assert _names(tmp_path / "out") == ["second"]
    assert _names(tmp_path) == ["out"]


def test_a_full_disk_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="no space left on the disk"), new_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert _names(tmp_path) == []


def test_text_is_utf_8_with_lf(tmp_path: Path) -> None:
    write_text(tmp_path / "deep" / "a.txt", "é\n")
    assert (tmp_path / "deep" / "a.txt").read_bytes() == b"\xc3\xa9\n"
    assert _names(tmp_path / "deep") == ["a.txt"]


def test_a_placed_copy_shares_nothing_with_its_source(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "in").mkdir(parents=True)
    (source / "in" / "a").write_text("kept", encoding="utf-8")
    (source / "in" / "a").chmod(0o444)
    place_copy(source, tmp_path / "out")
    (tmp_path / "out" / "in" / "a").write_text("damaged", encoding="utf-8")
    assert (source / "in" / "a").read_text(encoding="utf-8") == "kept"


def test_scratch_is_removed_however_the_block_ends(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), scratch_folder(tmp_path) as work:
        assert work.name.startswith(TEMPORARY_PREFIX)
        raise KeyboardInterrupt
    assert _names(tmp_path) == []
