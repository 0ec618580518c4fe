"""An archive is one text of bytes, and reading one back trusts nothing in it."""

import io
import stat
import zipfile

import pytest

from enerqis.io.sealed_zip import FILE_MODE, opened, sealed

FILES = {"b/two.txt": b"two", "a.txt": b"one" * 100}


def archive(*members, method=zipfile.ZIP_STORED):
    """Return an archive of (name, content, mode) as someone else's tool would write it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as packed:
        for name, content, mode in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = mode
            member.compress_type = method
            packed.writestr(member, content)
    return target.getvalue()


def test_the_bytes_follow_from_the_files_whatever_their_order():
    assert sealed(FILES) == sealed(dict(reversed(FILES.items())))
    found = opened(sealed(FILES))
    assert (found.files, found.faults) == (dict(sorted(FILES.items())), ())
    assert zipfile.ZipFile(io.BytesIO(sealed(FILES))).testzip() is None


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.txt", "a/../../up.txt", "C:/x", "a\\b", "~/x", "a//b", "./a"])
def test_a_path_that_leads_out_is_named_and_nothing_is_read(name):
    found = opened(archive((name, b"x", FILE_MODE)))
    assert found.files == {}
    assert found.faults == (f"{name!r}: leads out of the archive",)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("first", "second"), [("a.txt", "a.txt"), ("a.txt", "A.TXT")])
def test_a_name_that_stands_twice_is_named(first, second):
    found = opened(archive((first, b"1", FILE_MODE), (second, b"2", FILE_MODE)))
    assert found.faults == (f"{second}: stands in it twice",)


def test_a_bomb_is_not_unpacked():
    bomb = archive(("zeros", bytes(50_000_000), FILE_MODE), method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    found = opened(bomb)
    assert found.files == {}
    assert found.faults[0].startswith("zeros: compressed: it may be a bomb")
    assert "a bomb, not read" in found.faults[1]


def test_members_that_share_their_bytes_are_a_bomb_too():
    """A central directory that names one stored member ten times: the files say more than the archive holds."""
    one = archive(("a", bytes(1000), FILE_MODE))
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entries = [
        one[start:end].replace(b"a", letter.encode()) if letter != "a" else one[start:end] for letter in "abcdefghij"
    ]
    tail = bytearray(one[end:])
    tail[8:12] = (10).to_bytes(2, "little") * 2
    tail[12:16] = sum(map(len, entries)).to_bytes(4, "little")
    assert "a bomb, not read" in opened(one[:start] + b"".join(entries) + bytes(tail)).faults[-1]


def test_a_link_and_a_folder_are_no_files():
    link = (stat.S_IFLNK | 0o777) << 16
    assert "a link" in opened(archive(("a", b"/etc/passwd", link))).faults[0]
    assert opened(archive(("a/", b"", FILE_MODE))).faults[0] == "a/: a folder"


@pytest.mark.parametrize(
    "change", [lambda data: data + b"more", lambda data: b"#!/bin/sh\n" + data, lambda data: data[:-9]]
)
def test_what_stands_around_the_files_is_found(change):
    assert opened(change(sealed(FILES))).faults


def test_every_single_changed_byte_is_found():
    data = sealed({"a.txt": b"one"})
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        found = opened(changed)
        assert found.faults or found.files != {"a.txt": b"one"}, place
