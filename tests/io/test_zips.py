"""Zip archives."""

import zipfile
from pathlib import Path

import pytest

from enerqis.core.errors import DataError
from enerqis.io.zips import unpacked


def archive(folder: Path, members: dict[str, str]) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    return path


def test_members_come_by_name_and_lie_in_the_folder_whatever_they_are_called(tmp_path: Path) -> None:
    path = archive(tmp_path, {"b.csv": "2", "../../a.csv": "1", "folder/": ""})
    target = tmp_path / "target"
    target.mkdir()
    members = unpacked(path, target, name="a.zip")
    assert {name: each.read_text() for name, each in members.items()} == {"../../a.csv": "1", "b.csv": "2"}
    assert {each.parent for each in members.values()} == {target}


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.csv": "1,2,3\n" * 1000})
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"lean/a\.zip: no zip archive, damaged or encrypted.*Fetch the file again"):
        unpacked(path, tmp_path, name="lean/a.zip")


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.zip: the archive is empty"):
        unpacked(archive(tmp_path, {}), tmp_path, name="a.zip")
