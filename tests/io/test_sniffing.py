import gzip

import pytest

from enerqis.core.errors import DataError
from enerqis.io.sniffing import guess_layout

ROWS = [f"2021-03-{day:02};1,{day};ok" for day in range(1, 20)]


def guessed(tmp_path, text, name="prices.csv", encoding="utf-8"):
    content = text.encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return guess_layout(tmp_path / name)


@pytest.mark.parametrize("name", ["prices.csv", "prices.csv.gz", "prices.txt"])
def test_the_separator_that_makes_rows_of_one_length_wins(tmp_path, name):
    found = guessed(tmp_path, "day;close;note\n" + "\n".join(ROWS) + "\n", name)
    assert (found.layout.separator, found.layout.header, found.reasons["separator"]) == (";", None, "3 fields a line")


@pytest.mark.parametrize(("mark", "shown"), [("\t", "\t"), ("|", "|"), (",", ",")])
def test_other_separators(tmp_path, mark, shown):
    text = mark.join(("day", "close")) + "\n" + "".join(f"2021-03-{day:02}{mark}{day}\n" for day in range(1, 9))
    assert guessed(tmp_path, text).layout.separator == shown


def test_a_gzip_cut_short_is_refused_as_ingestion_refuses_it(tmp_path):
    path = tmp_path / "prices.csv.gz"
    path.write_bytes(gzip.compress("\n".join(ROWS).encode())[:-12])
    with pytest.raises(DataError, match=r"^prices\.csv\.gz: the gzip stream is cut short or damaged"):
        guess_layout(path)


def test_a_first_line_of_values_is_no_header(tmp_path):
    assert guessed(tmp_path, "2021-03-01,1.5,7\n2021-03-02,2.5,8\n").layout.header == (
        "column_1",
        "column_2",
        "column_3",
    )


def test_lines_before_the_header_are_skipped_and_said(tmp_path):
    found = guessed(tmp_path, "Broker XY;;\n\nday;close;note\n" + "\n".join(ROWS) + "\n")
    assert (found.layout.skip_rows, found.layout.header) == (2, None)
    assert found.reasons["skip_rows"] == "the first is 'Broker XY;;'; CHECK"
    assert guessed(tmp_path, "day;close;note\n" + "\n".join(ROWS) + "\n").layout.skip_rows == 0


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16"), ("utf-8-sig", "utf-8")]
)
def test_the_encoding_is_told_by_its_bytes(tmp_path, encoding, expected):
    text = "Größe,close\n" + "1,2\n" * 9
    assert guessed(tmp_path, text, encoding=encoding).layout.encoding == expected


def test_a_character_that_the_head_cuts_in_two_is_still_utf_8(tmp_path):
    line = "ä" * 50 + ",1\n"
    text = "a,b\n" + line * 700  # the head ends within a character, at an odd byte of a run of two-byte ones
    content = text.encode()
    assert len(content) > 1 << 16
    assert content[(1 << 16) - 1] in (0xC3, 0xA4)
    assert guessed(tmp_path, text).layout.encoding == "utf-8"


@pytest.mark.parametrize(("name", "expected"), [("a.json", "json"), ("a.jsonl", "jsonl"), ("a.jsonl.gz", "jsonl")])
def test_json_is_told_by_its_name(tmp_path, name, expected):
    assert guessed(tmp_path, '{"a": 1}\n', name).layout.format == expected


@pytest.mark.parametrize(("content", "message"), [(b" \n", "the file is empty"), (b"\x00\x01\x02\n", "is binary")])
def test_what_is_no_text_is_refused(tmp_path, content, message):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError, match=rf"a\.csv: .*{message}"):
        guess_layout(tmp_path / "a.csv")
