"""Ingestion of one dataset: fetch, read, apply the rules row by row, then symbol by symbol, and write.

Everything goes into three empty folders that the caller gives and puts in place when all is done; after an error they are
the caller's to remove. Memory is bounded by one run of bars and one year of one symbol.
"""

from __future__ import annotations

import difflib
import errno
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.errors import DataError, StageError
from enerqis.core.tables import BARS
from enerqis.ingestion.adjustments import Events, declared_events, events_from_adjusted_close, no_events
from enerqis.ingestion.bars import Bars, bars_table
from enerqis.ingestion.manifest import (
    Manifest,
    RowCounts,
    instant_text,
    rule_counts,
    source_records,
    symbol_quality,
    write_manifest,
)
from enerqis.ingestion.partitions import PartitionWriter
from enerqis.ingestion.rejections import Rejections, rows_as_json
from enerqis.ingestion.resampling import coarse_times, merged
from enerqis.ingestion.rows import RowRules
from enerqis.ingestion.series import SeriesState, changed_steps, duplicates, in_order, went_back
from enerqis.ingestion.spill import Spill
from enerqis.interfaces.connector import RawFile, Rows
from enerqis.io.calendars import Sessions, sessions
from enerqis.spec.dataset import Dataset, frequency_minutes

MINUTE_NS = 60_000_000_000


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
            run = _Ingestion(dataset, rejections, parquet)
            files = connector_module.fetch(dataset.connector, project_root, raw)
            try:
                run.read(connector_module.read(dataset.connector, raw, files), files)
                manifest = run.write(files)
            finally:
                run.spill.close()
        write_manifest(manifest, processed)
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StageError("the disk is full; nothing was kept. Free some space, then run again.") from exc
        raise
    return manifest


class _Ingestion:
    """One run: what was received so far, and what became of it."""

    def __init__(self, dataset: Dataset[Any], rejections: Rejections, parquet: Path) -> None:
        self.spill = Spill(parquet / ".runs")
        self._dataset = dataset
        self._rules = RowRules(dataset)
        self._rejections = rejections
        self._parquet = parquet
        self._names: tuple[str, ...] = ()
        self._received = self._not_selected = self._kept = self._merged = self._differing = 0
        self._noted: Counter[str] = Counter()
        self._fixed: Counter[str] = Counter()
        self._newest = np.full(len(dataset.symbols), np.iinfo(np.int64).min)
        self._spellings: set[str] = set()

    def read(self, batches: Any, files: tuple[RawFile, ...]) -> None:
        """Apply the rules of single rows to all batches and collect the bars."""
        self._names = tuple(each.name for each in files)
        for rows in batches:
            self._take(rows, files[rows.file])
        if not self._received:
            raise DataError(f"{', '.join(each.source for each in files)}: no rows")

    def _take(self, rows: Rows, file: RawFile) -> None:
        self._received += rows.table.num_rows + len(rows.malformed)
        if rows.malformed:
            self._rejections.add_lines(file.name, rows.malformed)
        if not rows.table.num_rows:
            return
        result = self._rules.apply(rows, file.source)
        self._not_selected += result.not_selected
        if result.not_selected:
            self._note_spellings(rows)
        self._noted += result.noted
        self._fixed += result.fixed
        if len(result.refused):
            text = rows_as_json(result.table.take(pa.array(result.refused)))
            self._rejections.add(file.name, result.rows[result.refused], result.rules, text)
        bars = self._ordered(result.bars)
        if len(bars):
            self.spill.add(bars)

    def _ordered(self, bars: Bars) -> Bars:
        """Count bars that go back in time, and refuse them where the dataset says so."""
        late = np.zeros(len(bars), dtype=bool)
        for code in np.unique(bars.code):
            of_symbol = bars.code == code
            opens = bars.ts_open[of_symbol]
            late[of_symbol] = went_back(opens, newest=int(self._newest[code]))
            self._newest[code] = max(int(self._newest[code]), int(opens.max()))
        if not late.any():
            return bars
        if self._dataset.rules.unsorted == "sort":
            self._fixed["unsorted"] += int(np.count_nonzero(late))
            return bars
        self._rejections.add_bars(self._names, self._dataset.symbols, bars.take(late), "unsorted")
        return bars.take(~late)

    def _note_spellings(self, rows: Rows) -> None:
        """Remember a few symbols of the source, for the message about one that is absent."""
        name = self._dataset.columns.symbol
        if name is None:
            self._spellings.add(str(rows.symbol))
        elif len(self._spellings) < 1000:
            self._spellings |= set(pc.unique(rows.table.column(name)).to_pylist())

    def write(self, files: tuple[RawFile, ...]) -> Manifest:
        """Apply the rules of several rows, write the bars and return the manifest."""
        states: dict[int, SeriesState] = {}
        written: Counter[int] = Counter()
        with PartitionWriter(self._parquet) as writer:
            for code, year, group in self.spill.groups():
                state = states.setdefault(code, SeriesState())
                table = self._finish(code, group, state)
                written[code] += table.num_rows
                if table.num_rows:
                    writer.write(table, self._dataset.symbols[code], year)
            data_sha256 = writer.content_digest()
        self._refuse_absent(written)
        first = min(state.first_ts_open or 0 for state in states.values())
        last = max(state.last_ts or 0 for state in states.values())
        return Manifest(
            data_sha256=data_sha256,
            rejected_sha256=self._rejections.content_digest(),
            sources=source_records(files),
            rows=RowCounts(
                received=self._received,
                not_selected=self._not_selected,
                rejected=self._rejections.counts.total(),
                merged=self._merged,
                kept=written.total(),
            ),
            rules=rule_counts(self._rejections.counts, self._fixed, self._noted),
            duplicates_differing=self._differing,
            frequency=self._dataset.resample or self._dataset.frequency,
            calendar=self._dataset.calendar,
            first_ts_open=instant_text(first),
            last_ts=instant_text(last),
            symbols={
                symbol: symbol_quality(states[code], bars=written[code])
                for code, symbol in enumerate(self._dataset.symbols)
            },
        )

    def _finish(self, code: int, group: Bars, state: SeriesState) -> pa.Table:
        """Return the bars of one symbol and year as they are written."""
        dataset, symbol = self._dataset, self._dataset.symbols[code]
        bars = in_order(group)
        refused, differing = duplicates(bars, dataset.rules.duplicates)
        self._differing += differing
        bars = self._without(bars, refused, "duplicates")
        calendar = _calendar(dataset.calendar, bars, state.last_session)
        bars = self._steady(bars, calendar)
        if not len(bars):
            return BARS.empty_table()
        state.count_missing(bars, calendar, dataset)
        events = self._events(symbol, bars, state)
        state.count_jumps(bars, events.split_factor, dataset.rules.jump_fraction)
        state.note_events(bars, *events)
        state.advance(bars)
        if dataset.resample is not None:
            bars, events = self._resampled(bars, events, calendar)
        return bars_table(bars, symbol, split_factor=events.split_factor, dividend=events.dividend)

    def _without(self, bars: Bars, refused: Any, rule: str) -> Bars:
        if not refused.any():
            return bars
        self._rejections.add_bars(self._names, self._dataset.symbols, bars.take(refused), rule)
        return bars.take(~refused)

    def _steady(self, bars: Bars, calendar: Sessions) -> Bars:
        """Find stretches of another frequency."""
        if self._dataset.is_daily:
            steps = np.diff(np.searchsorted(calendar.day, bars.session))
        else:
            steps = np.diff(bars.ts_open) // self._dataset.frequency_ns
        changed = changed_steps(bars, steps)
        if self._dataset.rules.frequency_change == "reject":
            return self._without(bars, changed, "frequency_change")
        self._noted["frequency_change"] += int(np.count_nonzero(changed))
        self._noted = +self._noted
        return bars

    def _events(self, symbol: str, bars: Bars, state: SeriesState) -> Events:
        adjustments = self._dataset.adjustments
        events = no_events(len(bars))
        if adjustments.from_adjusted_close != "nothing":
            events = events_from_adjusted_close(bars.close, bars.adjusted_close, adjustments, before=state.last_known)
        return declared_events(symbol, bars.session, adjustments, events, after_day=state.last_session)

    def _resampled(self, bars: Bars, events: Events, calendar: Sessions) -> tuple[Bars, Events]:
        """Return coarser bars; split factors multiply, dividends add up."""
        length = frequency_minutes(str(self._dataset.resample)) * MINUTE_NS
        offset = self._dataset.stamp.grid_offset_minutes * MINUTE_NS
        ts_open, ts = coarse_times(bars, calendar, length, grid_offset=offset)
        if bars.ts_open[-1] == self._newest[bars.code[0]]:  # the source may end within a coarse bar
            whole = ts <= bars.ts[-1]
            bars = self._without(bars, ~whole, "incomplete_bar")
            ts_open, ts, events = ts_open[whole], ts[whole], Events(*(each[whole] for each in events))
        if not len(bars):
            return bars, events
        starts = np.flatnonzero(np.append(True, np.diff(ts) != 0))
        coarse = merged(bars, ts_open, ts)
        self._merged += len(bars) - len(coarse)
        return coarse, Events(
            np.multiply.reduceat(events.split_factor, starts), np.add.reduceat(events.dividend, starts)
        )

    def _refuse_absent(self, written: Counter[int]) -> None:
        for code, symbol in enumerate(self._dataset.symbols):
            if written[code]:
                continue
            near = difflib.get_close_matches(symbol, sorted(self._spellings), n=1, cutoff=0.4)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            refused = ", ".join(f"{rule} {count}" for rule, count in sorted(self._rejections.counts.items()))
            raise DataError(
                f"symbol '{symbol}' has no bar left.{hint} Rejected rows by rule: {refused or 'none'}; rows of other "
                f"symbols: {self._not_selected}"
            )


def _calendar(name: str, bars: Bars, last_session: int | None) -> Sessions:
    """Return the sessions from the one before these sorted bars to the last of them."""
    first = int(bars.session[0]) if last_session is None else last_session
    days = np.array([first, int(bars.session[-1])]).astype("datetime64[D]")
    first_year, last_year = (days.astype("datetime64[Y]").astype(np.int64) + 1970).tolist()
    return sessions(name, first_year, last_year)
