"""Files of DVC that a kill cut off are mended, and no others are touched."""

import fcntl
import json

import pytest
from dvc.rwlock import SCHEMA
from voluptuous import Invalid

from enerqis.io.cut_off import GUARDS, LOCK, TABLE, cut_off, mend

WHOLE_LOCK = """\
schema: '2.0'
stages:
  resolve:
    cmd: enerqis stage resolve
    outs:
    - path: data/spec
      md5: 0123.dir
  ingest@prices:
    cmd: enerqis stage ingest prices
    outs:
    - path: data/parquet/prices
      md5: 4567.dir
"""

HOLDER = {"pid": 12, "cmd": "dvc repro"}


@pytest.fixture
def root(tmp_path):
    """A project folder in which DVC has run."""
    (tmp_path / TABLE).parent.mkdir(parents=True)
    for guard in GUARDS:
        (tmp_path / guard).touch()
    return tmp_path


@pytest.mark.parametrize("text", ["", '{"read": {"/data/par', "\xff"])
def test_a_table_that_cannot_be_read_is_removed(root, text):
    (root / TABLE).write_text(text, encoding="latin-1")
    assert cut_off(root) == [TABLE]
    assert mend(root) == [TABLE]
    assert not (root / TABLE).exists()


def test_whole_files_stay(root):
    (root / TABLE).write_text('{"read": {}, "write": {"/out": {"pid": 1, "cmd": "dvc repro"}}}', encoding="utf-8")
    (root / LOCK).write_text(WHOLE_LOCK, encoding="utf-8")
    assert mend(root) == []
    assert (root / TABLE).exists()
    assert (root / LOCK).read_text(encoding="utf-8") == WHOLE_LOCK


def test_a_project_in_which_dvc_never_ran_has_nothing_to_mend(tmp_path):
    assert mend(tmp_path) == []


@pytest.mark.parametrize("end", ["ingest@prices:", "cmd: enerqis stage ing", "md5: 45", "  ingest@prices:\n"])
def test_a_lock_keeps_the_entries_before_the_cut(root, end):
    (root / LOCK).write_text(WHOLE_LOCK[: WHOLE_LOCK.index(end) + len(end)], encoding="utf-8")
    assert mend(root) == [LOCK]
    assert (root / LOCK).read_text(encoding="utf-8") == WHOLE_LOCK[: WHOLE_LOCK.index("  ingest@prices:")]


@pytest.mark.parametrize("text", ["", "schema: '2.0'\nsta", "schema: '2.0'\nstages:\n  resolve:\n    cmd: enerq"])
def test_a_lock_without_a_whole_entry_is_removed(root, text):
    (root / LOCK).write_text(text, encoding="utf-8")
    assert mend(root) == [LOCK]
    assert not (root / LOCK).exists()


@pytest.mark.parametrize("guard", GUARDS)
def test_what_is_being_written_stays(root, guard):
    (root / TABLE).write_text("", encoding="utf-8")
    with (root / guard).open("a", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert cut_off(root) == []
        assert mend(root) == []
    assert (root / TABLE).exists()


def is_read_by_dvc(content):
    try:
        SCHEMA(content)
    except Invalid:
        return False
    return True


@pytest.mark.parametrize(
    ("content", "is_whole"),
    [
        ({}, True),
        ({"write": {"data/a": HOLDER}, "read": {"data/b": [HOLDER, HOLDER]}}, True),
        ({"read": {}}, True),
        ([], False),
        (None, False),
        ({"wrote": {}}, False),
        ({"write": []}, False),
        ({"write": {"data/a": [HOLDER]}}, False),
        ({"read": {"data/b": HOLDER}}, False),
        ({"read": {"data/b": [{"pid": "12", "cmd": "dvc repro"}]}}, False),
        ({"write": {"data/a": {"pid": 12}}}, False),
        ({"write": {"data/a": HOLDER | {"host": "x"}}}, False),
    ],
)
def test_a_table_of_locks_of_another_form_is_found_and_removed(tmp_path, content, is_whole):
    assert is_read_by_dvc(content) == is_whole
    path = tmp_path / TABLE
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    assert cut_off(tmp_path) == ([] if is_whole else [TABLE])
    mend(tmp_path)
    assert path.is_file() == is_whole
