"""Stage ingest: from a dataset's source to raw bytes, a quality report and bars."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enerqis.core.errors import DataError
from enerqis.core.tables import REJECTED
from enerqis.ingestion.ingest import ingest
from enerqis.ingestion.manifest import Manifest, SourceRecord, read_manifest
from enerqis.ingestion.partitions import bars_digest, partition_digests
from enerqis.ingestion.rejections import FILE as REJECTED_FILE
from enerqis.interfaces.connector import ConnectorParams, RawFile
from enerqis.io.calendars import sessions
from enerqis.io.hashing import digest, file_digest, table_digest
from enerqis.io.parquet import read_table
from enerqis.io.plugins import Plugged, revive
from enerqis.pipeline import receipts
from enerqis.pipeline.stage import Out, Outcome, Work
from enerqis.quant.annualisation import sessions_per_year
from enerqis.spec.base import Spec
from enerqis.spec.dataset import Dataset

if TYPE_CHECKING:
    from enerqis.pipeline.results import Result

INPUTS: tuple[str, ...] = ()
PARTS = ("raw", "processed", "parquet")
OUTS = tuple(Out(part, f"data/{part}/{{name}}", "file") for part in PARTS)
MAIN_PART = "parquet"
SHOWS: tuple[str, ...] = ()
KEEPS_OWN_OUTS = True
RESULT_DOMAIN = "enerqis/dataset/1"
EPOCH = date(1970, 1, 1)
RAW_DOMAIN = "enerqis/raw/1"
QUALITY_DOMAIN = "enerqis/quality/1"


def pins(work: Work) -> dict[str, str] | None:
    """Return the checksum of every raw file that the source holds now; None where the connector makes its data itself.

    Raises
    ------
    DataError
        If a file misses its pin, or has none and the result goes under ``data/``.
    """
    _, connector = _declared(work)
    files = connector.module.sources(connector.params, work.project.root)
    if work.is_placed:
        _refuse_unpinned(files, work)
    return _by_place(files)


def compute(work: Work, folder: Path) -> Outcome:
    """Ingest one dataset into the folders raw, processed and parquet below `folder`."""
    parts = {part: folder / part for part in PARTS}
    for each in parts.values():
        each.mkdir()
    dataset, connector = _declared(work)
    manifest = ingest(dataset, connector.module, project_root=work.project.root, **parts)
    facts = {
        "frequency": manifest.frequency,
        "calendar": dataset.calendar,
        "currency": dataset.currency,
        "tick_size": dataset.tick_size,
        "sessions_per_year": _sessions_per_year(dataset.calendar, manifest.first_ts_open, manifest.last_ts),
        "symbols": list(dataset.symbols),
        "first_ts_open": manifest.first_ts_open,
        "last_ts": manifest.last_ts,
    }
    outputs = manifest_outputs(manifest, facts)
    return Outcome(result_digest(outputs), outputs, facts, _by_place(manifest.sources))


def manifest_outputs(manifest: Manifest, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of each part of a result, from its manifest and what is known of its bars."""
    return {
        "raw": digest(RAW_DOMAIN, {each.name: each.sha256 for each in manifest.sources}),
        "rejected": manifest.rejected_sha256,
        "processed": digest(QUALITY_DOMAIN, manifest.model_dump(mode="json")),
        "parquet": digest(RESULT_DOMAIN, {"bars": manifest.data_sha256, "facts": dict(facts)}),
    }


def result_digest(outputs: Mapping[str, str]) -> str:
    """Return the hash of the bars and of what is known of them."""
    return outputs["parquet"]


def content_digest(result: Result, file: str) -> str:
    """Return the hash of one part of a finished result, as it lies there now."""
    if file == "raw":
        names = [path for path in sorted(result.path("raw").iterdir()) if path.name != receipts.RECEIPT_FILE]
        return digest(RAW_DOMAIN, {path.name: file_digest(path) for path in names})
    if file == "rejected":
        return table_digest([read_table(result.path("processed") / REJECTED_FILE, REJECTED)], REJECTED)
    if file == "processed":
        return digest(QUALITY_DOMAIN, read_manifest(result.path("processed")).model_dump(mode="json"))
    bars = bars_digest(partition_digests(result.path("parquet")))
    return digest(RESULT_DOMAIN, {"bars": bars, "facts": result.receipt["facts"]})


def damaged_parts(result: Result) -> list[str]:
    """Return the partitions of bars and the raw files that are not what the manifest says, by name."""
    manifest = read_manifest(result.path("processed"))
    recorded = dict(manifest.partitions) | {f"raw/{each.name}": each.sha256 for each in manifest.sources}
    found = dict(partition_digests(result.path("parquet")))
    for path in result.path("raw").iterdir():
        if path.name != receipts.RECEIPT_FILE:
            found[f"raw/{path.name}"] = file_digest(path)
    return sorted(name for name in {*recorded, *found} if recorded.get(name) != found.get(name))


def _by_place(files: Sequence[RawFile | SourceRecord]) -> dict[str, str] | None:
    """Return checksums by the place of each file in the spec's order: a name says nothing, but which file is first does."""
    return {f"file {place}": each.sha256 for place, each in enumerate(files, start=1)} or None


def _refuse_unpinned(files: Sequence[RawFile], work: Work) -> None:
    """Refuse files whose digest is nowhere in the spec: source files are no dependency in dvc.yaml, their pins are."""
    declared = json.dumps(work.spec["dataset"]["connector"])
    unpinned = [each for each in files if each.sha256 not in declared]
    if unpinned:
        digests = "\n".join(f"  {each.source}: sha256: {each.sha256}" for each in unpinned)
        raise DataError(
            f"dataset '{work.name}' is not pinned: 'dvc repro' could not tell when its source changes. "
            f"Write into its connector in conf/dataset/{work.name}.yaml, to each file its digest:\n{digests}"
        )


def _sessions_per_year(calendar: str, first_ts_open: str, last_ts: str) -> float:
    """Return the calendar's sessions per year, counted from the dataset's first to its last day."""
    first, last = date.fromisoformat(first_ts_open[:10]), date.fromisoformat(last_ts[:10])
    first_day, last_day = ((day - EPOCH).days for day in (first, last))
    count = len(sessions(calendar, first.year, last.year).between(first_day, last_day).day)
    return sessions_per_year(count, first_day=first_day, last_day=last_day)


def _declared(work: Work) -> tuple[Dataset[Spec], Plugged]:
    """Return the dataset of the slice and its connector."""
    declared = work.spec["dataset"]
    kind, params = declared["connector"]["kind"], declared["connector"]
    connector = revive("connectors", kind, params, ConnectorParams, work.project.plugins)
    model: Any = Dataset[type(connector.params)]  # type: ignore[misc]  # the class is known at run time only
    return model.model_validate_json(json.dumps(declared)), connector
