"""Text files of the project: CSV, JSON, JSON lines, gzipped or not."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from enerqis.connectors.csv import CsvParams, fetch, read, sources
from enerqis.core.errors import DataError
from enerqis.io import delimited
from enerqis.spec.base import identity_tree

EXPECTED = {"ts": ["2021-03-01", "2021-03-02"], "close": ["1.50", "2"]}


def params(file: str, **layout: Any) -> CsvParams:
    return CsvParams.model_validate_json(json.dumps({"files": [{"file": file}], "layout": layout}))


@pytest.mark.parametrize(
    ("file", "content", "layout"),
    [
        ("p.csv", "ts,close\n2021-03-01,1.50\n2021-03-02,2\n", {}),
        ("p.txt", "ts;close\r\n2021-03-01;1.50\r\n2021-03-02;2\r\n", {"separator": ";"}),
        ("p.csv", "a note\nts,close\n2021-03-01,1.50\n2021-03-02,2", {"skip_rows": 1}),
        ("p.csv", "2021-03-01,1.50\n2021-03-02,2\n", {"header": ["ts", "close"]}),
        ("p.csv", " ts , close \n2021-03-01,1.50\n2021-03-02,2\n", {}),
        ("p.json", '[{"ts": "2021-03-01", "close": 1.50}, {"ts": "2021-03-02", "close": 2}]', {"format": "json"}),
        ("p.json", '{"ts": ["2021-03-01", "2021-03-02"], "close": [1.50, 2]}', {"format": "json"}),
        ("p.jsonl", '{"ts": "2021-03-01", "close": 1.50}\n\n{"ts": "2021-03-02", "close": 2}\n', {"format": "jsonl"}),
    ],
)
@pytest.mark.parametrize("is_gzipped", [False, True])
def test_each_layout_gives_the_cells_as_received(
    tmp_path: Path, file: str, content: str, layout: dict[str, Any], is_gzipped: bool
) -> None:
    name = f"{file}.gz" if is_gzipped else file
    (tmp_path / name).write_bytes(gzip.compress(content.encode()) if is_gzipped else content.encode())
    raw = tmp_path / "raw"
    raw.mkdir()
    files = fetch(params(name), tmp_path, raw)
    assert files == sources(params(name), tmp_path)
    (rows,) = read(params(name, **layout), raw, files)
    assert rows.table.to_pydict() == EXPECTED


def test_large_files_come_in_batches_with_running_row_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 1000)
    (tmp_path / "p.csv").write_text("ts,close\n" + "".join(f"{row},{row}\n" for row in range(1, 1001)))
    batches = list(read(params("p.csv"), tmp_path, sources(params("p.csv"), tmp_path)))
    assert len(batches) > 5
    assert all(batch.table.column("ts").to_pylist() == batch.numbers.astype(str).tolist() for batch in batches)
    assert sum(batch.table.num_rows for batch in batches) == 1000


def test_malformed_lines_are_numbered_among_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 1000)
    lines = [f"{row},{row}" if row % 7 else str(row) for row in range(1, 1001)]
    (tmp_path / "p.csv").write_text("a note\nts,close\n" + "\n".join(lines) + "\n")
    made = params("p.csv", skip_rows=1)
    batches = list(read(made, tmp_path, sources(made, tmp_path)))
    assert len(batches) > 5
    assert all(batch.table.column("ts").to_pylist() == batch.numbers.astype(str).tolist() for batch in batches)
    assert batches[-1].malformed == tuple((row, str(row)) for row in range(7, 1001, 7))


def test_a_file_of_another_separator_is_refused_with_its_first_bad_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "MALFORMED_MAX", 3)
    (tmp_path / "p.csv").write_text("ts,close\n1,2\n" + "1;2\n" * 5)
    made = params("p.csv")
    with pytest.raises(DataError, match=r"more than 3 lines .* 2 fields .* the first is data row 2, with 1\. Mend"):
        list(read(made, tmp_path, sources(made, tmp_path)))


def test_json_lines_name_the_line_that_is_broken(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"ts": 1}\n\n{"ts": 2}\n{"ts": \n')
    made = params("p.jsonl", format="jsonl")
    with pytest.raises(DataError, match=r"p\.jsonl:4:\d+: not JSON, or cut short"):
        list(read(made, tmp_path, sources(made, tmp_path)))


def test_two_files_of_one_name_do_not_meet_in_the_raw_folder(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.csv").write_text(f"ts,close\n{folder},1\n")
    both = CsvParams.model_validate_json(json.dumps({"files": [{"file": "a/p.csv"}, {"file": "b/p.csv"}]}))
    raw = tmp_path / "raw"
    raw.mkdir()
    assert [each.name for each in fetch(both, tmp_path, raw)] == ["1_p.csv", "2_p.csv"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"ts": [1, 2], "close": [1]}', "different lengths"),
        ('[{"ts": 1}', r"p\.json:1:\d+: not JSON, or cut short"),
        ("7", "expected an array of objects"),
    ],
)
def test_json_of_another_shape_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "p.json").write_text(content)
    made = params("p.json", format="json")
    with pytest.raises(DataError, match=message):
        list(read(made, tmp_path, sources(made, tmp_path)))


def test_where_a_file_lies_is_no_part_of_the_identity() -> None:
    assert identity_tree(params("a.csv")) == identity_tree(params("folder/b.csv"))
