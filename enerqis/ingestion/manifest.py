"""The manifest of an ingested dataset: what came in, what became of it, what the data lack. No clock, host or path."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from enerqis.core.errors import DataError
from enerqis.core.units import Sha256
from enerqis.ingestion.series import SeriesState
from enerqis.interfaces.connector import RawFile

FILE = "manifest.json"
VERSION = 3
"""Raised whenever the form changes; 3 counts spreads."""


class Frozen(BaseModel):
    """Base of the manifest's parts."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SourceRecord(Frozen):
    """One raw file."""

    name: str
    """File name in the raw folder."""
    sha256: Sha256
    """Digest of the bytes as received."""
    size: int
    """Bytes."""
    source: str
    """Where it came from: package and file, or the path in the project."""


class RowCounts(Frozen):
    """Where the rows went: received = not_selected + rejected + merged + kept."""

    received: int
    """Rows of all raw files, malformed ones included."""
    not_selected: int
    """Rows of symbols the dataset does not name."""
    rejected: int
    """Rows refused by a rule; they are in rejected.parquet."""
    merged: int
    """Bars that resampling put together with others."""
    kept: int
    """Bars written."""


class RuleCount(Frozen):
    """What one rule did."""

    rejected: int = 0
    """Rows it refused."""
    fixed: int = 0
    """Rows it mended."""
    noted: int = 0
    """Rows it found and let pass."""


class Gap(Frozen):
    """Bars that the calendar has and the source has not."""

    after: str
    """Close of the bar before, UTC."""
    before: str
    """Open of the bar after, UTC."""
    bars: int
    """Bars missing between."""


class Jump(Frozen):
    """A close far from the one before."""

    ts: str
    """Close of the bar, UTC."""
    change_fraction: float
    """Close over the close before, splits accounted for, less one."""


class Event(Frozen):
    """A split or a dividend."""

    session: str
    """First session on the new scale, or ex-date."""
    value: float
    """New units per old, or cash per raw unit."""


class SymbolQuality(Frozen):
    """What is known of one symbol's bars; lists hold the first fifty, counts hold all."""

    bars: int
    """Bars written."""
    first_ts_open: str
    """Open of the first bar, UTC."""
    last_ts: str
    """Close of the last bar, UTC."""
    sessions_missing: int
    """Sessions of the calendar between first and last bar without any bar."""
    sessions_missing_first: tuple[str, ...]
    """The first of them."""
    bars_missing: int
    """Intraday bars that the calendar has between first and last bar and the source has not."""
    gap_count: int
    """Stretches of missing bars."""
    gaps: tuple[Gap, ...]
    """The first of them."""
    jump_count: int
    """Closes further from the one before than rules.jump_fraction."""
    jumps: tuple[Jump, ...]
    """The first of them."""
    splits: tuple[Event, ...]
    """All splits, declared or found."""
    dividend_count: int
    """Dividends, declared or found."""
    dividends: tuple[Event, ...]
    """All dividends."""
    spreads: int
    """Bars written that have a spread."""


class Manifest(Frozen):
    """Receipt of an ingested dataset."""

    version: int = VERSION
    """Version of this form."""
    data_sha256: Sha256
    """Digest of the logical content of all bars: of the digests of their partitions."""
    partitions: dict[str, Sha256]
    """Digest of the logical content of each partition, SYMBOL/YEAR, sorted by time inside."""
    rejected_sha256: Sha256
    """Digest of the logical content of rejected.parquet."""
    sources: tuple[SourceRecord, ...]
    """Raw files."""
    rows: RowCounts
    """Where the rows went."""
    rules: dict[str, RuleCount]
    """What each rule did, where it did anything."""
    duplicates_differing: int
    """Duplicates whose prices or volume differ from the neighbour of the same instant."""
    frequency: str
    """Length of a bar as written."""
    calendar: str
    """Calendar that sessions come from."""
    first_ts_open: str
    """Open of the first bar, UTC."""
    last_ts: str
    """Close of the last bar, UTC."""
    symbols: dict[str, SymbolQuality]
    """Per symbol."""


def rule_counts(rejected: Counter[str], fixed: Counter[str], noted: Counter[str]) -> dict[str, RuleCount]:
    """Return what each rule did, sorted by name."""
    names = sorted({*rejected, *fixed, *noted})
    return {name: RuleCount(rejected=rejected[name], fixed=fixed[name], noted=noted[name]) for name in names}


def source_records(files: tuple[RawFile, ...]) -> tuple[SourceRecord, ...]:
    """Return the raw files as the manifest names them."""
    return tuple(SourceRecord(**each._asdict()) for each in files)


def symbol_quality(state: SeriesState, *, bars: int) -> SymbolQuality:
    """Return what was found about one symbol."""
    return SymbolQuality(
        bars=bars,
        first_ts_open=instant_text(state.first_ts_open or 0),
        last_ts=instant_text(state.last_ts or 0),
        sessions_missing=state.sessions_missing,
        sessions_missing_first=tuple(day_text(day) for day in state.missing_days),
        bars_missing=state.bars_missing,
        gap_count=state.gap_count,
        gaps=tuple(Gap(after=instant_text(a), before=instant_text(b), bars=count) for a, b, count in state.gaps),
        jump_count=state.jump_count,
        jumps=tuple(Jump(ts=instant_text(ts), change_fraction=round(change, 6)) for ts, change in state.jumps),
        splits=tuple(Event(session=day_text(day), value=value) for day, value in state.splits),
        dividend_count=len(state.dividends),
        dividends=tuple(Event(session=day_text(day), value=value) for day, value in state.dividends),
        spreads=state.spreads,
    )


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write ``manifest.json`` with sorted keys."""
    text = json.dumps(manifest.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest in `folder`.

    Raises
    ------
    DataError
        If another version of ENERQIS wrote it in another form.
    ValueError
        If it is no manifest.
    """
    read = json.loads((folder / FILE).read_bytes())
    version = read.get("version") if isinstance(read, dict) else None
    if version != VERSION:
        raise DataError(
            f"{folder.name}/{FILE} has the form of version {version}, this ENERQIS reads version {VERSION}. "
            "Ingest the dataset again: dvc repro, or enerqis run experiment=NAME of an experiment that trades it."
        )
    return Manifest.model_validate(read)


def instant_text(ns: int) -> str:
    """Return an instant as ISO 8601 in UTC, to the second."""
    return str(np.datetime64(ns, "ns").astype("datetime64[s]")) + "Z"


def day_text(day: int) -> str:
    """Return days since 1970-01-01 as a date."""
    return str(np.datetime64(day, "D"))
