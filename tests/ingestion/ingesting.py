"""Ingesting a dataset of this repository, or one written in a test, into a temporary folder."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from enerqis.connectors.csv import CsvParams
from enerqis.core.tables import REJECTED
from enerqis.ingestion.ingest import ingest
from enerqis.ingestion.manifest import Manifest
from enerqis.interfaces.connector import ConnectorParams
from enerqis.io.parquet import read_bars, read_table
from enerqis.io.plugins import params_class, scan
from enerqis.spec.dataset import Dataset

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ingested:
    """What an ingestion left behind."""

    manifest: Manifest
    raw: Path
    processed: Path
    parquet: Path
    symbols: tuple[str, ...]

    def bars(self, *symbols: str) -> pa.Table:
        return read_bars(self.parquet, symbols or self.symbols, None, None)

    def column(self, name: str, *symbols: str) -> list[Any]:
        return self.bars(*symbols).column(name).to_pylist()

    def rejected(self) -> list[dict[str, Any]]:
        return read_table(self.processed / "rejected.parquet", REJECTED).to_pylist()

    def rule(self, name: str) -> tuple[int, int, int]:
        """Rows rejected, fixed and noted by a rule."""
        found = self.manifest.rules.get(name)
        return (found.rejected, found.fixed, found.noted) if found else (0, 0, 0)


@cache
def shipped(name: str) -> Dataset[Any]:
    """The dataset ``conf/dataset/NAME.yaml`` with the connector its defaults choose."""
    tree = yaml.safe_load((REPOSITORY / f"conf/dataset/{name}.yaml").read_text(encoding="utf-8"))
    kind = next(each for each in tree.pop("defaults") if isinstance(each, dict))["/connector@connector"]
    chosen = yaml.safe_load((REPOSITORY / f"conf/connector/{kind}.yaml").read_text(encoding="utf-8"))
    tree["connector"] = {**chosen, **tree["connector"]}
    found = scan("connectors", None)[kind]
    return Dataset[params_class(found, ConnectorParams)].model_validate_json(json.dumps(tree))


def ingested(dataset: Dataset[Any], folder: Path, *, root: Path = REPOSITORY) -> Ingested:
    folders = {name: folder / name for name in ("raw", "processed", "parquet")}
    for each in folders.values():
        each.mkdir(parents=True)
    module = importlib.import_module(f"enerqis.connectors.{dataset.connector.kind}")
    manifest = ingest(dataset, module, project_root=root, **folders)
    return Ingested(manifest, **folders, symbols=dataset.symbols)


def csv_dataset(**changes: Any) -> Dataset[CsvParams]:
    """A dataset of ``prices.csv`` with columns ts, open, high, low, close, volume; `changes` replace keys of it."""
    spec: dict[str, Any] = {
        "description": "made in a test",
        "connector": {"kind": "csv", "files": [{"file": "prices.csv"}]},
        "symbols": ["X"],
        "frequency": "1h",
        "calendar": "24/7",
    }
    return Dataset[CsvParams].model_validate_json(json.dumps({**spec, **changes}))


def ingested_text(folder: Path, text: str | bytes, **changes: Any) -> Ingested:
    """Ingest a CSV file of the given content."""
    folder.mkdir(exist_ok=True)
    content = text.encode() if isinstance(text, str) else text
    (folder / "prices.csv").write_bytes(content)
    return ingested(csv_dataset(**changes), folder / "out", root=folder)
