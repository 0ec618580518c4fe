"""Parquet files of the project."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enerqis.connectors.parquet import ParquetParams, fetch, read
from enerqis.core.errors import DataError
from enerqis.spec.dataset import Dataset
from tests.ingestion.ingesting import ingested

PARAMS = ParquetParams.model_validate_json(json.dumps({"files": [{"file": "p.parquet", "symbol": "X"}]}))


def test_typed_columns_pass_as_they_are(tmp_path: Path) -> None:
    table = pa.table({"ts": [1, 2], "close": [1.5, None]})
    pq.write_table(table, tmp_path / "p.parquet")
    raw = tmp_path / "raw"
    raw.mkdir()
    (rows,) = read(PARAMS, raw, fetch(PARAMS, tmp_path, raw))
    assert rows.table.equals(table)
    assert rows.symbol == "X"


def test_typed_stamps_and_numbers_become_bars(tmp_path: Path) -> None:
    opens = [datetime(2021, 3, 1, hour, tzinfo=UTC) for hour in range(3)]
    columns = {name: [10.0, None, 11.0] for name in ("open", "high", "low", "close")}
    pq.write_table(pa.table({"ts": opens, **columns, "volume": [1, 2, 3]}), tmp_path / "p.parquet")
    spec = {"description": "x", "connector": PARAMS.model_dump(mode="json"), "symbols": ["X"], "frequency": "1h"}
    dataset = Dataset[ParquetParams].model_validate_json(json.dumps({**spec, "calendar": "24/7"}))
    result = ingested(dataset, tmp_path / "out", root=tmp_path)
    assert [each.to_pydatetime() for each in result.column("ts_open")] == [opens[0], opens[2]]
    assert result.column("volume") == [1.0, 3.0]
    assert result.rule("missing") == (1, 0, 0)


@pytest.mark.parametrize("content", [b"no parquet at all", b"PAR1 cut short"])
def test_another_format_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.parquet").write_bytes(content)
    raw = tmp_path / "raw"
    raw.mkdir()
    files = fetch(PARAMS, tmp_path, raw)
    with pytest.raises(DataError, match=r"p\.parquet: no Parquet file, or damaged"):
        list(read(PARAMS, raw, files))
