"""The manifest: what was written is read again, and another form is refused by its version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from enerqis.core.errors import DataError
from enerqis.ingestion.manifest import FILE, read_manifest
from tests.ingestion.ingesting import Ingested, ingested_text


@pytest.fixture
def small(tmp_path: Path) -> Ingested:
    """One bar."""
    return ingested_text(tmp_path, "ts,open,high,low,close,volume\n2021-03-01 00:00:00,10,11,9,10.5,100\n")


def test_what_was_written_is_read(small: Ingested):
    assert read_manifest(small.processed) == small.manifest
    assert small.manifest.version == 3


@pytest.mark.parametrize("version", [2, 4, None])
def test_the_form_of_another_version_is_refused_and_says_what_to_run(small: Ingested, version: int | None):
    # before version 3 a symbol's quality had no count of spreads
    written = json.loads((small.processed / FILE).read_text())
    written["version"] = version
    (small.processed / FILE).write_text(json.dumps(written))
    with pytest.raises(DataError, match=rf"processed/manifest.json has the form of version {version}.*dvc repro"):
        read_manifest(small.processed)
