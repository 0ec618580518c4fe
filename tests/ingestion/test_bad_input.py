"""Files that are not what they should be: one clear message, nothing written."""

import gzip
from pathlib import Path

import pytest

from enerqis.connectors import csv
from enerqis.core.errors import DataError, StageError
from enerqis.ingestion import partitions
from enerqis.ingestion.ingest import ingest
from enerqis.io import sources
from tests.ingestion.ingesting import csv_dataset, ingested, ingested_text

GOOD = "ts,open,high,low,close,volume\n" + "".join(
    f"2021-03-01 {hour:02}:00:00,10,11,9,10.5,100\n" for hour in range(20)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "prices.csv: the file is empty"),
        (b"\n\n", "prices.csv: the file is empty"),
        (GOOD.splitlines()[0].encode() + b"\n", "prices.csv: no rows"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary, or UTF-16 text, not utf-8 text"),
        (GOOD.encode("utf-16"), "binary, or UTF-16 text, not utf-8 text"),
        (gzip.compress(GOOD.encode()), "gzip data; give it a name ending in .gz"),
        (GOOD.replace("ts,", "caf\xe9,").encode("latin-1"), "not utf-8 text"),
        ((GOOD + "M\xfcnchen,1,2,3,4,5\n").encode("latin-1"), "not utf-8 text"),
        (GOOD[:-14].encode(), "cut short: the last line, data row 20, has 3 of 6 fields"),
        (GOOD.replace("close", "closing").encode(), "no column 'close'. Did you mean 'closing'?"),
        (GOOD.replace("open,high", "open,open").encode(), "names 'open' twice"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        ingested_text(tmp_path, content)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_gzip_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prices.csv.gz").write_bytes(gzip.compress(GOOD.encode())[:-20])
    dataset = csv_dataset(connector={"kind": "csv", "files": [{"file": "prices.csv.gz"}]})
    with pytest.raises(DataError, match="the gzip stream is cut short or damaged"):
        ingested(dataset, tmp_path / "out", root=tmp_path)


def test_a_declared_encoding_is_read(tmp_path: Path) -> None:
    layout = {"encoding": "utf-16"}
    connector = {"kind": "csv", "files": [{"file": "prices.csv"}], "layout": layout}
    assert ingested_text(tmp_path, GOOD.encode("utf-16"), connector=connector).manifest.rows.kept == 20


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert ingested_text(tmp_path, GOOD.encode("utf-8-sig")).manifest.rows.kept == 20


def test_lines_of_other_length_are_kept_as_malformed(tmp_path: Path) -> None:
    lines = GOOD.splitlines(keepends=True)
    lines.insert(3, '2021,"a",3\n')
    result = ingested_text(tmp_path, "".join(lines))
    found = [(each["row"], each["rule"], each["text"]) for each in result.rejected()]
    assert found == [(3, "malformed", '{"line": "2021,\\"a\\",3"}')]
    assert result.manifest.rows.received == 21


def test_an_absent_file_is_refused_with_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "price.csv").write_text(GOOD)
    with pytest.raises(DataError, match=r"prices\.csv: no such file in the project\. In that folder: price\.csv"):
        ingested(csv_dataset(), tmp_path / "out", root=tmp_path)


def test_a_digest_other_than_the_pin_is_refused_with_both(tmp_path: Path) -> None:
    connector = {"kind": "csv", "files": [{"file": "prices.csv", "sha256": "0" * 64}]}
    with pytest.raises(
        DataError, match=r"sha256 is [0-9a-f]{64}, the dataset pins 0{64}\. If the new content is wanted"
    ):
        ingested_text(tmp_path, GOOD, connector=connector)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(GOOD)
    monkeypatch.setattr(sources, "COPY_BYTES", 100)
    fsync = sources.os.fsync

    def grow(descriptor: int) -> None:  # what another process might do while ours copies
        with path.open("a") as stream:
            stream.write("2021-03-02 00:00:00,10,11,9,10.5,100\n")
        fsync(descriptor)

    monkeypatch.setattr(sources.os, "fsync", grow)
    with pytest.raises(DataError, match=r"prices\.csv: changed while it was read"):
        ingested(csv_dataset(), tmp_path / "out", root=tmp_path)


def test_a_full_disk_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(partitions, "write_table", full)
    with pytest.raises(StageError, match="the disk is full; nothing was kept"):
        ingested_text(tmp_path, GOOD)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_while_copying_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(GOOD)
    for name in ("raw", "processed", "parquet"):
        (tmp_path / name).mkdir()
    (tmp_path / "raw/prices.csv").symlink_to("/dev/full")
    folders = {name: tmp_path / name for name in ("raw", "processed", "parquet")}
    with pytest.raises(StageError, match="the disk is full; nothing was kept"):
        ingest(csv_dataset(), csv, project_root=tmp_path, **folders)


def test_no_runs_are_left_after_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from enerqis.ingestion import spill

    monkeypatch.setattr(spill.Spill.__init__, "__kwdefaults__", {"run_bars": 5})
    rows = GOOD + "".join(f"2021-03-02 {hour:02}:00:00,10,11,9,10.5,100\n" for hour in range(20))
    with pytest.raises(DataError, match="symbol 'Y' has no bar left"):
        ingested_text(tmp_path, "sym," + rows.replace("\n2", "\nX,2"), columns={"symbol": "sym"}, symbols=["X", "Y"])
    assert not list((tmp_path / "out/parquet").glob(".runs*"))
