"""What the identity of an ingested dataset holds of its source: every file's bytes, in the order of the spec, and no name."""

from __future__ import annotations

from pathlib import Path

import pytest

from enerqis.compose.freezing import freeze_dataset
from enerqis.io.project import Project
from enerqis.pipeline import ingest, receipts
from enerqis.pipeline.stage import Work
from tests.ingestion.ingesting import csv_dataset

A, B = ({"file": f"{name}.csv"} for name in "ab")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "a.csv").write_text("ts,open,high,low,close,volume\n2021-03-01,1,1,1,1,1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("ts,open,high,low,close,volume\n2021-03-01,2,2,2,2,2\n", encoding="utf-8")
    return Project(tmp_path)


def stage_id(project: Project, *files: dict[str, str]) -> str:
    """Stage id of the ingestion of daily files."""
    symbols = sorted({each.get("symbol", "X") for each in files})
    dataset = csv_dataset(connector={"kind": "csv", "files": list(files)}, symbols=symbols, frequency="1d")
    document = freeze_dataset(project, dataset).document
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
