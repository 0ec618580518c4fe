"""The wheel in a package: the same bytes whatever the clock, zone and umask; what its RECORD does not name is found."""

import io
import os
import zipfile

import pytest

from enerqis.io import wheels
from enerqis.io.sealed_zip import opened
from enerqis.io.wheels import project_wheel, record_faults, with_record


@pytest.fixture(scope="module")
def wheel():
    return project_wheel()


def test_the_wheel_is_the_package_with_what_it_ships_and_holds_by_its_record(wheel):
    files = opened(wheel.content).files
    assert wheel.name == "enerqis-0.1.0-py3-none-any.whl"
    assert {
        "enerqis/cli/main.py",
        "enerqis/shipped/conf/config.yaml",
        "enerqis-0.1.0.dist-info/entry_points.txt",
    } <= set(files)
    assert not [name for name in files if name.endswith(".pyc") or name.startswith("tests/")]
    assert list(record_faults(files)) == []


def test_another_clock_zone_and_umask_give_the_same_bytes(wheel, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    before = os.umask(0o077)
    try:
        assert project_wheel() == wheel
    finally:
        os.umask(before)
    assert os.environ["SOURCE_DATE_EPOCH"] == "1700000000"


def test_an_installed_wheel_gives_the_bytes_of_the_one_it_came_from(wheel, monkeypatch, tmp_path):
    """Unpacked as pip does it, with the files that an installer adds."""
    zipfile.ZipFile(io.BytesIO(wheel.content)).extractall(tmp_path)
    info = tmp_path / "enerqis-0.1.0.dist-info"
    (info / "INSTALLER").write_text("pip\n", encoding="utf-8")
    record = (info / "RECORD").read_text("utf-8") + "enerqis-0.1.0.dist-info/INSTALLER,,\n../../bin/enerqis,,\n"
    (info / "RECORD").write_text(record, encoding="utf-8")
    monkeypatch.setattr(wheels, "package_folder", lambda: tmp_path / "enerqis")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert project_wheel() == wheel


def test_what_a_record_does_not_say_is_found():
    files = with_record({"a/x.py": b"1", "a-1.dist-info/METADATA": b"Name: a"})
    assert list(record_faults(files)) == []
    assert list(record_faults({**files, "a/x.py": b"2"})) == ["a/x.py: not as its RECORD says"]
    assert list(record_faults({**files, "a/y.py": b"2"})) == ["a/y.py: not as its RECORD says"]
    less = {name: content for name, content in files.items() if name != "a/x.py"}
    assert list(record_faults(less)) == ["a/x.py: in its RECORD and not there"]
    assert list(record_faults({"a/x.py": b"1"})) == ["no RECORD, or more than one"]
