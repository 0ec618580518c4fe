"""What the identity of an ingested dataset holds of its source: every file's bytes, in the order of the spec, and no name."""

from __future__ import annotations

from pathlib import Path

import pytest

from enerqis.compose.freezing import Frozen, freeze_dataset
from enerqis.core.errors import DataError
from enerqis.io.hashing import file_digest
from enerqis.io.project import Project
from enerqis.pipeline import ingest, receipts
from enerqis.pipeline.resolve import pins_of
from enerqis.pipeline.runner import Done, Runner
from enerqis.pipeline.stage import Work
from tests.ingestion.ingesting import csv_dataset

A, B = ({"file": f"{name}.csv"} for name in "ab")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "a.csv").write_text("ts,open,high,low,close,volume\n2021-03-01,1,1,1,1,1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("ts,open,high,low,close,volume\n2021-03-01,2,2,2,2,2\n", encoding="utf-8")
    return Project(tmp_path)


def frozen(project: Project, *files: dict[str, str]) -> Frozen:
    """Slice of the ingestion of daily files."""
    symbols = sorted({each.get("symbol", "X") for each in files})
    dataset = csv_dataset(connector={"kind": "csv", "files": list(files)}, symbols=symbols, frequency="1d")
    return freeze_dataset(project, dataset)


def stage_id(project: Project, *files: dict[str, str]) -> str:
    """Stage id of the ingestion of daily files."""
    document = frozen(project, *files).document
    pins = ingest.pins(Work(project, document.spec, {}, "made_up"))
    return receipts.stage_id("ingest", receipts.identity(document, pins))


def test_two_files_that_change_places_are_another_dataset(project: Project) -> None:
    assert stage_id(project, A, B) != stage_id(project, B, A)


def test_two_files_that_change_symbols_are_another_dataset(project: Project) -> None:
    apple, microsoft = {"symbol": "AAPL"}, {"symbol": "MSFT"}
    assert stage_id(project, A | apple, B | microsoft) != stage_id(project, B | apple, A | microsoft)


def test_a_file_under_another_name_is_the_same_dataset(project: Project) -> None:
    before = stage_id(project, A, B)
    (project.root / "a.csv").rename(project.root / "renamed.csv")
    assert stage_id(project, {"file": "renamed.csv"}, B) == before


def test_other_bytes_are_another_dataset(project: Project) -> None:
    before = stage_id(project, A, B)
    (project.root / "b.csv").write_text("ts,open,high,low,close,volume\n2021-03-01,3,3,3,3,3\n", encoding="utf-8")
    assert stage_id(project, A, B) != before


def run(project: Project, *files: dict[str, str], place: bool) -> Done:
    """Ingest daily files as the dataset `made_up`."""
    each = frozen(project, *(file | {"symbol": "X"} for file in files))
    runner = Runner(project, pins_of([each]), lambda line: None)
    return runner.run("ingest", "made_up", each.document, {}, place=place)


def test_a_file_without_a_pin_does_not_get_under_data(project: Project) -> None:
    digest = file_digest(project.root / "b.csv")
    pinned = A | {"sha256": file_digest(project.root / "a.csv")}
    with pytest.raises(DataError, match=rf"(?s)not pinned.*conf/dataset/made_up\.yaml.*\n  b\.csv: sha256: {digest}"):
        run(project, pinned, B, place=True)
    assert not project.data.exists()
    assert run(project, pinned, B | {"sha256": digest}, place=True).folder == project.data / "parquet" / "made_up"


def test_a_file_without_a_pin_may_be_tried_out_in_the_store(project: Project) -> None:
    before = run(project, A, place=False)
    (project.root / "a.csv").write_text("ts,open,high,low,close,volume\n2021-03-01,3,3,3,3,3\n", encoding="utf-8")
    after = run(project, A, place=False)
    assert after.is_new
    assert (before.stage_id, before.result_sha256) != (after.stage_id, after.result_sha256)
