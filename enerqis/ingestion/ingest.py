"""Ingestion of one dataset: fetch, read, apply the rules row by row, then symbol by symbol, and write.

Everything goes into three empty folders that the caller gives and puts in place when all is done; after an error they are
the caller's to remove. Memory is bounded by one run of bars and one year of one symbol.
"""

from __future__ import annotations

import difflib
import errno
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from enerqis.core.errors import DataError, StageError
from enerqis.ingestion.finishing import Finishing
from enerqis.ingestion.manifest import (
    Manifest,
    RowCounts,
    instant_text,
    rule_counts,
    source_records,
    symbol_quality,
    write_manifest,
)
from enerqis.ingestion.partitions import PartitionWriter, bars_digest
from enerqis.ingestion.reading import Reading
from enerqis.ingestion.rejections import Rejections
from enerqis.ingestion.series import SeriesState
from enerqis.ingestion.spill import Spill
from enerqis.ingestion.tally import Tally
from enerqis.interfaces.connector import RawFile
from enerqis.spec.dataset import Dataset


def ingest(
    dataset: Dataset[Any],
    connector_module: ModuleType,
    *,
    project_root: Path,
    raw: Path,
    processed: Path,
    parquet: Path,
) -> Manifest:
    """Ingest `dataset` into three empty folders.

    Parameters
    ----------
    dataset : Dataset
        Its connector's Params are those of `connector_module`.
    connector_module : module
        See `enerqis.interfaces.connector`.
    project_root : Path
        Folder that the connector's paths are relative to.
    raw, processed, parquet : Path
        Empty folders: bytes as received; manifest and rejected rows; bars.

    Returns
    -------
    Manifest
        As written to ``processed/manifest.json``.

    Raises
    ------
    DataError
        If the source is not what the dataset declares.
    StageError
        If the disk is full.
    """
    try:
        with Rejections(processed) as rejections:
            files = connector_module.fetch(dataset.connector, project_root, raw)
            batches = connector_module.read(dataset.connector, raw, files)
            manifest = _ingested(dataset, files, batches, rejections, parquet)
        write_manifest(manifest, processed)
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StageError("the disk is full; nothing was kept. Free some space, then run again.") from exc
        raise
    return manifest


class _Written(NamedTuple):
    """The bars that were written: the digest of each partition, their number and what was found, by the symbol's index."""

    partitions: Mapping[str, str]
    bars: Counter[int]
    states: Mapping[int, SeriesState]


def _ingested(
    dataset: Dataset[Any], files: tuple[RawFile, ...], batches: Any, rejections: Rejections, parquet: Path
) -> Manifest:
    """Read all batches, write the bars and return the manifest."""
    tally, spill = Tally(), Spill(parquet / ".runs")
    reading = Reading(dataset, rejections, tally, spill)
    try:
        reading.read(batches, files)
        names = [each.name for each in files]
        finishing = Finishing(dataset, rejections, tally, names=names, newest=reading.newest, actions=reading.actions)
        written = _write(dataset, finishing, spill, parquet)
    finally:
        spill.close()
    _refuse_absent(dataset, written, rejections, tally, reading.spellings)
    return _manifest(dataset, files, written, rejections, tally)


def _write(dataset: Dataset[Any], finishing: Finishing, spill: Spill, parquet: Path) -> _Written:
    """Write the bars, one symbol and year after the other."""
    states: dict[int, SeriesState] = {}
    bars: Counter[int] = Counter()
    with PartitionWriter(parquet) as writer:
        for code, year, group in spill.groups():
            table = finishing.table(code, group, states.setdefault(code, SeriesState()))
            bars[code] += table.num_rows
            if table.num_rows:
                writer.write(table, dataset.symbols[code], year)
        return _Written(writer.digests(), bars, states)


def _refuse_absent(
    dataset: Dataset[Any], written: _Written, rejections: Rejections, tally: Tally, spellings: set[str]
) -> None:
    """Refuse a dataset of which a symbol has no bar; the message says what may have become of it."""
    absent = next((symbol for code, symbol in enumerate(dataset.symbols) if not written.bars[code]), None)
    if absent is None:
        return
    near = difflib.get_close_matches(absent, sorted(spellings), n=1, cutoff=0.4)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    refused = ", ".join(f"{rule} {count}" for rule, count in sorted(rejections.counts.items()))
    raise DataError(
        f"symbol '{absent}' has no bar left.{hint} Rejected rows by rule: {refused or 'none'}; rows of other "
        f"symbols: {tally.not_selected}"
    )


def _manifest(
    dataset: Dataset[Any], files: tuple[RawFile, ...], written: _Written, rejections: Rejections, tally: Tally
) -> Manifest:
    states = written.states
    return Manifest(
        data_sha256=bars_digest(written.partitions),
        partitions=dict(written.partitions),
        rejected_sha256=rejections.content_digest(),
        sources=source_records(files),
        rows=RowCounts(
            received=tally.received,
            not_selected=tally.not_selected,
            rejected=rejections.counts.total(),
            merged=tally.merged,
            kept=written.bars.total(),
        ),
        rules=rule_counts(rejections.counts, tally.fixed, tally.noted),
        duplicates_differing=tally.differing,
        frequency=dataset.resample or dataset.frequency,
        calendar=dataset.calendar,
        first_ts_open=instant_text(min(state.first_ts_open or 0 for state in states.values())),
        last_ts=instant_text(max(state.last_ts or 0 for state in states.values())),
        symbols={
            symbol: symbol_quality(states[code], bars=written.bars[code]) for code, symbol in enumerate(dataset.symbols)
        },
    )
