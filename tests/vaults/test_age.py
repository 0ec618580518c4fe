"""An encrypted file: what opens it, what is said where it does not open, and that no write is lost or half done."""

import signal
import subprocess
import sys
from datetime import UTC, datetime

import pyrage
import pytest

from enerqis.core.errors import SetupError, StageError
from enerqis.io import atomic
from enerqis.spec.secrets import AgeBackend
from enerqis.vaults.age import Age

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def kept(project):
    """Return an empty encrypted file of one person."""
    age = Age(AgeBackend(kind="age"), project, now=lambda: NOW)
    assert "keep a copy" in age.ready()
    return age


@pytest.fixture
def file(project):
    return project.root / ".cbr" / "secrets.age"


@pytest.fixture
def identity(tmp_path):
    return tmp_path / "home" / "identity.txt"


def test_what_was_put_is_got_back_with_its_version_and_instant(kept):
    kept.put("a/b", "first")
    kept.put("a/b", "second\nline ü")
    stored = kept.get("a/b")
    assert (stored.value, stored.version, stored.written_at) == ("second\nline ü", 2, NOW)
    assert list(kept.entries()) == ["a/b"]
    assert "second" not in repr(stored)


def test_the_file_is_ages_own_and_opens_by_the_identity_alone(kept, file, identity):
    kept.put("a/b", "a plain value")
    own = pyrage.x25519.Identity.from_str(identity.read_text("utf-8").splitlines()[-1])
    assert b"a plain value" not in file.read_bytes()
    assert b"a plain value" in pyrage.decrypt(file.read_bytes(), [own])


def test_neither_file_nor_identity_is_open_to_others(kept, file, identity):
    assert file.stat().st_mode & 0o777 == 0o600
    assert identity.stat().st_mode & 0o777 == 0o600


def test_an_identity_that_others_may_read_is_refused(kept, identity):
    identity.chmod(0o640)
    with pytest.raises(SetupError, match=r"others may use this key \(mode 0640\)\. Close it: chmod 600"):
        kept.entries()


def test_a_wrong_identity_is_told_from_a_corrupt_file(kept, file, identity):
    kept.put("a/b", "value")
    other = pyrage.x25519.Identity.generate()
    own = identity.read_text("utf-8")
    identity.write_text(f"{other}\n", "utf-8")
    with pytest.raises(SetupError, match=r"none of the identities .* opens it \(wrong identity") as caught:
        kept.get("a/b")
    assert str(other) not in str(caught.value)
    identity.write_text(own, "utf-8")
    whole = file.read_bytes()
    for broken in (whole[:-3], whole[:-3] + b"abc", whole[:40], b"", b"no age file"):
        file.write_bytes(broken)
        with pytest.raises(SetupError, match=r"\.cbr/secrets\.age: corrupt .*Take it back from git"):
            kept.put("c/d", "other")
        assert file.read_bytes() == broken


@pytest.mark.parametrize(
    ("text", "message"), [("", "holds no identity"), ("AGE-SECRET-" + "KEY-1nonsense\n", "holds no identity")]
)
def test_an_identity_file_without_an_identity_is_said_and_not_quoted(kept, identity, text, message):
    identity.write_text(text, "utf-8")
    with pytest.raises(SetupError, match=message) as caught:
        kept.entries()
    assert "nonsense" not in str(caught.value)


def test_no_identity_and_no_recipients_say_what_makes_them(kept, project, identity):
    kept.put("a/b", "value")
    (project.root / ".cbr" / "secrets.recipients").write_text("# nobody\n", "utf-8")
    with pytest.raises(SetupError, match="names nobody"):
        kept.put("a/b", "value 2")
    (project.root / ".cbr" / "secrets.recipients").write_text("# me\nage1nonsense\n", "utf-8")
    with pytest.raises(SetupError, match=r"secrets\.recipients:2:1: no recipient of age"):
        kept.put("a/b", "value 2")
    (project.root / ".cbr" / "secrets.recipients").unlink()
    with pytest.raises(SetupError, match=r"not there\. Make it with 'enerqis secrets init'"):
        kept.put("a/b", "value 2")
    assert kept.get("a/b").value == "value"
    identity.unlink()
    with pytest.raises(SetupError, match="Make one with 'enerqis secrets init'"):
        kept.get("a/b")


def test_a_recipient_who_was_added_reads_after_the_keys_were_rotated_and_not_before(kept, project, file):
    kept.put("a/b", "value")
    second = pyrage.x25519.Identity.generate()
    with (project.root / ".cbr" / "secrets.recipients").open("a", encoding="utf-8") as stream:
        stream.write(f"{second.to_public()}\n")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(file.read_bytes(), [second])
    assert kept.rewrap() == 1
    assert b"value" in pyrage.decrypt(file.read_bytes(), [second])
    assert kept.get("a/b").version == 1


def test_nothing_is_encrypted_for_others_only(kept, project, file):
    kept.put("a/b", "value")
    before = file.read_bytes()
    other = pyrage.x25519.Identity.generate().to_public()
    (project.root / ".cbr" / "secrets.recipients").write_text(f"{other}\n", encoding="utf-8")
    for write in (kept.rewrap, lambda: kept.put("a/b", "another")):
        with pytest.raises(SetupError, match=r"does not name you, so that you could not open .*Nothing was written"):
            write()
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"[]", b'{"a/b": "value"}', b'{"a/b": {"value": 1, "version": 1, "written_at": ""}}', b"\xff"]
)
def test_what_a_stranger_encrypted_for_us_is_told_from_our_own(kept, file, identity, content):
    own = pyrage.x25519.Identity.from_str(identity.read_text("utf-8").splitlines()[-1])
    file.write_bytes(pyrage.encrypt(content, [own.to_public()]))
    with pytest.raises(SetupError, match=r"corrupt \(what it holds is not ours\)"):
        kept.entries()


def test_a_newcomer_is_told_which_line_lets_them_in(kept, identity):
    identity.unlink()
    with pytest.raises(
        SetupError, match=r"does not name you.*add the line age1\w+ and run 'enerqis secrets rotate --keys'"
    ):
        kept.ready()


def test_an_older_version_is_not_there(kept):
    kept.put("a/b", "first")
    kept.put("a/b", "second")
    with pytest.raises(SetupError, match=r"version 1 is not in .*; the newest is 2"):
        kept.get("a/b", version=1)
    with pytest.raises(SetupError, match=r"secret://c/d: no value in \.cbr/secrets\.age"):
        kept.get("c/d")


def test_a_write_that_another_came_before_is_refused(kept):
    kept.put("a/b", "first")
    kept.put("a/b", "theirs")
    with pytest.raises(SetupError, match="theirs stands and yours was not written"):
        kept.put("a/b", "ours", after=1)
    assert kept.get("a/b").value == "theirs"


WRITER = """
import os, signal, sys
from pathlib import Path
from enerqis.io import atomic
from enerqis.io.project import Project
from enerqis.spec.secrets import AgeBackend
from enerqis.vaults.age import Age

age = Age(AgeBackend(kind="age"), Project(Path(sys.argv[1])))
if sys.argv[2] == "killed":
    atomic.replace = lambda new, out: os.kill(os.getpid(), signal.SIGKILL)
    age.put("a/b", "new")
for each in range(8):
    age.put(f"{sys.argv[2]}/name{each}", f"value {each}")
"""


def _writer(project, word):
    return subprocess.Popen([sys.executable, "-c", WRITER, str(project.root), word])


def test_writers_at_the_same_time_lose_nothing(kept, project):
    writers = [_writer(project, word) for word in ("one", "two")]
    assert [each.wait(60) for each in writers] == [0, 0]
    assert len(kept.entries()) == 16


def test_a_writer_killed_before_the_exchange_leaves_the_old_file(kept, project, file):
    kept.put("a/b", "old")
    before = file.read_bytes()
    assert _writer(project, "killed").wait(60) == -signal.SIGKILL
    assert file.read_bytes() == before
    kept.put("a/b", "after")  # the lock of the killed one is free
    assert kept.get("a/b").value == "after"


def test_a_full_disk_leaves_the_old_file(kept, file, monkeypatch):
    kept.put("a/b", "old")
    before = file.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(StageError, match=r"no space left on the disk\. Nothing was changed"):
        kept.put("a/b", "new")
    monkeypatch.undo()
    assert file.read_bytes() == before
    assert sorted(each.name for each in file.parent.iterdir()) == ["secrets.age", "secrets.recipients", "secrets.yaml"]
