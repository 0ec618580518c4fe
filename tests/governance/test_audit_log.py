"""The audit log finds what was changed, moved, cut off or added by hand, and joins two branches by real git merges."""

import json
import subprocess
from datetime import UTC, datetime

import pytest

from enerqis.core.errors import DataError, StageError
from enerqis.governance.audit_log import append, log_path, read_log, undisturbed
from enerqis.io.audit_file import parse, text_of
from enerqis.io.project import Project

NOON = datetime(2026, 3, 31, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def _write(project, count=4, start=0):
    return [
        append(project, "record", subject=f"dataset/d{number}", facts={"n": number}, who="A <a@b.c>", when=NOON)
        for number in range(start, start + count)
    ]


def _lines(project):
    return log_path(project).read_text(encoding="utf-8").splitlines()


def test_a_log_as_it_is_written_holds_and_reads_back(project):
    hashes = _write(project)
    log = read_log(project)
    assert log.faults() == []
    assert list(log.hashes) == hashes
    assert log.heads == (hashes[-1],)
    assert [entry.facts["n"] for entry in log.entries] == [0, 1, 2, 3]
    assert parse(text_of(log)) == log


def test_the_first_entry_is_chained_to_nothing_and_each_other_one_to_the_one_before(project):
    hashes = _write(project, 3)
    assert [entry.after for entry in read_log(project).entries] == [(), (hashes[0],), (hashes[1],)]


def test_an_instant_is_written_in_utc_to_the_second(project):
    append(project, "record", subject="dataset/d", facts={}, who="A <a@b.c>", when=NOON)
    assert json.loads(_lines(project)[3].removesuffix(","))["when"] == "2026-03-31T12:00:00Z"


def test_an_entry_that_shows_a_reader_two_names_is_refused(project):
    _write(project, 2)
    text = log_path(project).read_text(encoding="utf-8")
    log_path(project).write_text(text.replace('"who":', '"who":"Bob <b@c.d>","who":', 1), encoding="utf-8")
    with pytest.raises(DataError, match="a key stands twice in an entry"):
        read_log(project)


def _changed(lines):
    lines[4] = lines[4].replace('"n":1', '"n":7')


def _last_changed(lines):
    lines[6] = lines[6].replace('"n":3', '"n":7')


def _moved(lines):
    lines[4], lines[5] = lines[5], lines[4]


def _cut(lines):
    del lines[6]


def _removed(lines):
    del lines[4]


def _counted_less(lines):
    lines[7] = lines[7].replace('"entries":4', '"entries":3')


def _beheaded(lines):
    del lines[7]


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (_changed, "removed or changed"),
        (_last_changed, "was changed, or was not written by enerqis"),
        (_moved, "reordered"),
        (_cut, "the log was cut off: its last entry was"),
        (_removed, "comes after an entry that was removed or changed"),
        (_counted_less, "4 entries lead to"),
        (_beheaded, "was not written by enerqis"),
    ],
)
def test_what_was_done_to_a_log_is_said_and_nothing_is_added_to_it(project, attack, said):
    _write(project)
    lines = _lines(project)
    attack(lines)
    log_path(project).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert any(said in each for each in read_log(project).faults())
    with pytest.raises(DataError, match=said):
        _write(project, 1)


def test_what_is_no_log_is_refused_by_name(project):
    log_path(project).parent.mkdir()
    log_path(project).write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"\.cbr/audit_log\.json: not an audit log"):
        read_log(project)


def _git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words], cwd=folder, check=True, capture_output=True
    )


def test_two_branches_that_append_are_merged_by_git_and_the_next_entry_joins_them(project, tmp_path):
    (tmp_path / ".gitattributes").write_text(".cbr/audit_log.json text eol=lf merge=union\n", encoding="utf-8")
    _git(tmp_path, "init", "-q", "-b", "main")
    _write(project, 2)
    _git(tmp_path, "add", ".gitattributes", ".cbr")
    _git(tmp_path, "commit", "-qm", "log")
    _git(tmp_path, "checkout", "-qb", "other")
    other = _write(project, 2, start=10)
    _git(tmp_path, "commit", "-qam", "other")
    _git(tmp_path, "checkout", "-q", "main")
    main = _write(project, 1, start=20)
    _git(tmp_path, "commit", "-qam", "main")
    _git(tmp_path, "merge", "-q", "--no-edit", "other")

    log = read_log(project)
    assert log.faults() == []
    assert log.heads == tuple(sorted([main[-1], other[-1]]))
    joined = _write(project, 1, start=30)
    after = read_log(project)
    assert after.faults() == []
    assert after.heads == tuple(joined)
    assert after.hashes[joined[0]].after == log.heads
    assert {end.entries for end in after.ends} == {6}
    lines = _lines(project)
    del lines[next(number for number, line in enumerate(lines) if '"n":10' in line)]
    log_path(project).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert any("removed or changed" in each for each in read_log(project).faults())


def test_what_was_decided_by_a_log_that_grew_since_is_refused_and_says_by_what(project):
    _write(project)
    decided_by = read_log(project)
    with undisturbed(project, since=decided_by):
        _write(project, count=1, start=4)
    with (
        pytest.raises(StageError, match=r"changed \(record dataset/d4 by A <a@b\.c>\) while this was decided"),
        undisturbed(project, since=decided_by),
    ):
        pytest.fail("the log grew")
