"""The fast engine: one generated, compiled loop over bars; the only door to numba.

`backtest` runs one job and writes tables, `batch` runs many configurations of the same structure over tiles of bars and
keeps statistics only, `run_indicators` computes declared series. All three give the same bits on any number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np

from enerqis.core.errors import StageError
from enerqis.engines import book as columns
from enerqis.engines.book import Floats, Ints
from enerqis.engines.configuration import number_rows
from enerqis.engines.dispatch import slot_count, state_class
from enerqis.engines.generate import Parts, all_facts
from enerqis.engines.hearing import FAULTS
from enerqis.engines.log import JOURNAL_FIELDS, REASONS, SECTIONS
from enerqis.engines.planning import SPECIALISED, Build, Plan, plan
from enerqis.engines.records import Recorder, journal_entries, reserved
from enerqis.engines.refusing import impossible
from enerqis.engines.series import SeriesSet, packed
from enerqis.engines.sharing import ahead, chunks, shares, side_by_side, threads_here, tiles
from enerqis.engines.structure import ALWAYS_FIXED
from enerqis.engines.warmup import seen_before
from enerqis.interfaces.engine import BacktestResult, BatchResult, Job, Panel, Plugged, Span
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import is_algorithm

ENGINE_VERSION = "5"
"""Raised whenever the same inputs could give other results."""

SUPPORTS: Mapping[str, tuple[str, ...]] = {
    "fill_price": ("next_open", "next_close"),
    "size_at": ("decision", "fill"),
    "rebalance": ("on_change", "every_bar", "band"),
    "lot_rounding": ("down", "nearest"),
    "order_sequence": ("sells_first", "symbol_order"),
    "cash_shortfall": ("reduce", "reject", "allow"),
    "intrabar_order": ("stop_first", "take_profit_first"),
    "stop_active_from": ("fill_bar", "next_bar"),
    "limit_fill": ("touch", "through"),
    "last_bar": ("hold", "close"),
}
"""Choices of the execution spec that this engine honours: all of them."""

TILE_VALUES = 1 << 16
"""Values of one tile of a recorded run: half a MB, about half of what a core's cache holds."""

TILE_BARS = 1 << 16
"""Most bars of one tile of a recorded run: a million take 16, so that its two threads seldom wait for each other."""

BATCH_VALUES = 1 << 18
"""Indicator values of one tile of a batch: 2 MB, of which a configuration reads its own few series."""

BATCH_BARS = 1 << 13
"""Most bars of one tile of a batch: what a configuration writes down stays in the cache until it is tallied."""

CHUNK_VALUES = 1 << 21
"""Indicator values that a batch computes before its configurations run over them: 16 MB, so that threads seldom wait."""


def refuse(job: Job) -> list[str]:
    """Return one sentence for each thing that the job asks and this engine cannot do."""
    found = [
        f"execution.{name}: the kernel does not support '{value}'. Allowed: {', '.join(allowed)}"
        for name, allowed in SUPPORTS.items()
        if (value := getattr(job.execution, name)) not in allowed
    ]
    found += impossible(job)
    if is_algorithm(job.strategy.module):
        name = job.strategy.module.__name__.rpartition(".")[2]
        found.append(f"strategy: '{name}' is a plain zipline algorithm. Write execution.engine: zipline")
    return found


def _check(job: Job) -> None:
    """Stop at what this engine cannot do."""
    refused = refuse(job)
    if refused:
        raise StageError("\n".join(refused))


def backtest(
    job: Job, *, cache_folder: Path, build: Build = SPECIALISED, limits: Mapping[str, Plugged] | None = None
) -> BacktestResult:
    """Run one job.

    Parameters
    ----------
    job : Job
    cache_folder : Path
        Where generated modules are kept.
    build : Build
    limits : mapping of kind to Plugged, optional
        Limits that a generic kernel knows besides the job's.

    Raises
    ------
    StageError
        If the engine must refuse the job, or the strategy decides what it cannot trade.
    """
    _check(job)
    run = Run(plan([job], cache_folder, build=build, limits=limits or {}, record=True))
    recorder = Recorder(run.panel, run.reasons, run.rows)
    run.through(recorder)
    return recorder.result()


def batch(
    jobs: Sequence[Job],
    *,
    cache_folder: Path,
    threads: int | None = None,
    build: Build = SPECIALISED,
    limits: Mapping[str, Plugged] | None = None,
) -> BatchResult:
    """Run configurations that share the panel and everything but numbers.

    Parameters
    ----------
    jobs : sequence of Job
    cache_folder : Path
    threads : int, optional
        Default: the processor's cores. The result does not depend on it.
    build : Build
    limits : mapping of kind to Plugged, optional
        Limits that a generic kernel knows besides the jobs'.

    Raises
    ------
    StageError
        If the jobs differ in structure, or one must be refused.
    """
    _check(jobs[0])
    whole = plan(jobs, cache_folder, build=build, limits=limits or {}, record=False)
    parts = shares(len(jobs), threads or threads_here())
    runs = [Run(whole.share(*edges)) for edges in parts]
    series, rows = whole.series, whole.jobs[0].rows
    size = tile_bars(rows, BATCH_VALUES // max(1, series.assets * series.outputs), BATCH_BARS)
    steps = [*tiles(rows.warmup, rows.first, size), *tiles(rows.first, rows.last, size)]
    per_tile = max(1, size * series.outputs * series.assets)
    in_chunk = min(len(steps), max(1, CHUNK_VALUES // per_tile))
    room = np.empty(in_chunk * per_tile)
    with side_by_side(len(parts)) as together:
        for chunk in chunks(steps, in_chunk):
            blocks = series.blocks(chunk, room)
            some = shares(len(series.instances), len(parts))
            together([partial(series.compute, chunk, blocks, instances=slice(*edges)) for edges in some])
            together([partial(run.over, chunk, blocks) for run in runs])
    return joined([run.statistics() for run in runs])


def tile_bars(rows: Span, fitting: int, most: int) -> int:
    """Return the bars of one tile: as many as fit into the cache, within bounds."""
    return int(min(most, max(256, fitting), rows.last - rows.warmup))


def run_indicators(panel: Panel, calls: Mapping[str, IndicatorCall], *, cache_folder: Path) -> dict[str, Floats]:
    """Return declared series as arrays of shape (n_bars, n_assets), known at the close of their row.

    Parameters
    ----------
    panel : Panel
    calls : mapping of name to IndicatorCall
    cache_folder : Path

    Returns
    -------
    dict of str to ndarray
        ``NAME``, or ``NAME_OUTPUT`` for an indicator of several outputs; NaN while it warms up and where an asset has no bar.
    """
    series = SeriesSet(panel, calls.values(), cache_folder)
    steps = tiles(0, panel.ts.size, TILE_BARS)
    out = np.empty((series.outputs, *panel.close.shape))
    series.compute(steps, [out[:, first:last] for first, last in steps])
    return {
        name + suffix: out[series.slots[call].start + i]
        for name, call in calls.items()
        for i, suffix in enumerate(series.suffixes[call])
    }


class Run:
    """One pass of some configurations over one panel, on one thread.

    Parameters
    ----------
    plan : Plan
        Of one job, if tables are written.
    """

    def __init__(self, plan: Plan) -> None:
        jobs = plan.jobs
        self.jobs = jobs
        self.panel = plan.panel
        self.rows = jobs[0].rows
        self.parts = plan.parts
        self.reasons = (*REASONS, *sorted(plan.known))
        self.module = plan.module
        self.series = plan.series
        self.flags = _flags(self.parts)
        self.numbers = number_rows(jobs, self.parts, plan.known)
        self.slots = np.array([_slots(self.series, each) for each in plan.calls], dtype=np.int64).reshape(len(jobs), -1)
        self.memory, self.places = _memories(jobs, len(self.panel.symbols))
        self.latency_bars = max(job.execution.max_latency_bars for job in jobs)
        self.account = _accounts(jobs)
        shape = (len(jobs), len(self.panel.symbols))
        self.assets = np.zeros((*shape, columns.ASSET_COLUMNS))
        self.assets[:, :, list(columns.ABSENT_PRICES)] = np.nan
        self.assets[:, :, [columns.SEEN, columns.MARK]] = seen_before(self.panel, self.rows.first)
        self.orders = np.zeros((len(jobs), shape[1] * (self.latency_bars + 3), columns.ORDER_COLUMNS))
        self.cross = np.zeros((len(jobs), columns.CROSS_SERIES + slot_count(self.parts.indicators), shape[1]))
        self.tape = plan.tape
        self.wanted = np.array(jobs[0].marks, dtype=np.int64)
        self.marks = np.full((len(jobs), self.wanted.size), np.nan)

    def through(self, recorder: Recorder) -> None:
        """Run all rows of one configuration, looking a tile ahead on another thread; in the warm-up only series move on.

        Parameters
        ----------
        recorder : Recorder
            Takes what is written down.
        """
        series, rows = self.series, self.rows
        size = tile_bars(rows, TILE_VALUES // series.assets, TILE_BARS)
        journal = reserved((SECTIONS, journal_entries(size, series.assets, self.latency_bars), JOURNAL_FIELDS))
        rooms = np.empty((2, series.outputs * size * series.assets))
        warming = tiles(rows.warmup, rows.first, size)
        for step in warming:
            series.compute([step], series.blocks([step], rooms[0]))
        steps = tiles(rows.first, rows.last, size)

        def prepare(number: int) -> tuple[Floats, Floats]:
            first, last = steps[number]
            recorder.reserve(first, last)
            (block,) = series.blocks([steps[number]], rooms[number % 2])
            series.compute([steps[number]], [block])
            return self.tape.cut(first, last), block

        with ThreadPoolExecutor(1) if threads_here() > 1 else nullcontext() as executor:
            for (first, _), (bars, block) in zip(steps, ahead(prepare, len(steps), executor), strict=True):
                self._tile(first, bars, block, journal, recorder.curve)
                recorder.take(first, journal, self.account)
                self._raise_fault()

    def over(self, steps: Sequence[tuple[int, int]], blocks: Sequence[Floats]) -> None:
        """Run the rows of some tiles whose series are computed, writing nothing down; rows of the warm-up are passed over."""
        curve = np.empty((columns.CURVE_ROWS, max(last - first for first, last in steps)))
        journal = reserved((SECTIONS, 0, JOURNAL_FIELDS))
        for (first, last), block in zip(steps, blocks, strict=True):
            if first >= self.rows.first:
                self._tile(first, self.tape.cut(first, last), block, journal, curve)
                self._raise_fault()

    def _tile(self, first: int, bars: Floats, series: Floats, journal: Floats, curve: Floats) -> None:
        """Run every configuration over the tile that begins at row `first`."""
        self.account[:, columns.FIRST_ROW] = first
        self.module.run(
            self.flags, self.numbers, 0, len(self.jobs), bars, series, self.slots, self.memory, self.places,
            self.account, self.assets, self.orders, self.cross, journal, curve, self.wanted, self.marks,
        )  # fmt: skip

    def _raise_fault(self) -> None:
        """Stop at a decision that cannot be traded."""
        for account in self.account[self.account[:, columns.FAULT_ROW] >= 0.0]:
            row, asset, field = (int(account[i]) for i in (columns.FAULT_ROW, columns.FAULT_ASSET, columns.FAULT_FIELD))
            where = f"{self.panel.symbols[asset]}, bar closing at {np.datetime64(int(self.panel.ts[row]), 'ns')} UTC"
            strategy = self.parts.strategy.__name__.rpartition(".")[2]
            if FAULTS[field] == "target":
                what = "must be a finite exposure of at most a million"
            else:
                what = "must be a finite price above 0, or NaN for none"
            raise StageError(f"strategy {strategy}: {where}: the decision's '{FAULTS[field]}' {what}")

    def statistics(self) -> BatchResult:
        """Return the statistics of all configurations."""
        account = self.account
        bars = self.rows.last - self.rows.first
        moments = account[:, columns.SUM1 : columns.SUM4 + 1].copy()
        return BatchResult(
            final_equity=account[:, columns.EQUITY].copy(),
            fills=account[:, columns.FILLS].astype(np.int64),
            max_drawdown=account[:, columns.DRAWDOWN].copy(),
            moments=moments,
            sharpe=sharpe(moments, bars - 1),
            exposure=account[:, columns.EXPOSURE] / bars,
            turnover=account[:, columns.TURNOVER] / self.numbers[:, 0],
            costs=account[:, columns.COSTS].copy(),
            marks=self.marks,
        )


def joined(parts: Sequence[BatchResult]) -> BatchResult:
    """Return statistics of shares as those of the whole, in their order."""
    return BatchResult(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(BatchResult)))


def sharpe(moments: Floats, count: int) -> Floats:
    """Return mean over standard deviation (ddof=1) of returns from their power sums; NaN where there is no deviation.

    Parameters
    ----------
    moments : ndarray of shape (n_configs, 4)
        Sums of returns to the powers 1 to 4.
    count : int
        How many returns: bars less one, as the first bar has none.
    """
    if count < 2:
        return np.full(moments.shape[0], np.nan)
    mean = moments[:, 0] / count
    variance = (moments[:, 1] - count * mean * mean) / (count - 1)
    deviation = np.sqrt(np.where(variance > 0.0, variance, np.nan))
    ratio: Floats = mean / deviation
    return ratio


def _flags(parts: Parts) -> Ints:
    """Return the facts that a generic kernel reads at run time."""
    return np.array([value for name, value in all_facts(parts).items() if name not in ALWAYS_FIXED], dtype=np.int64)


def _slots(series: SeriesSet, calls: Mapping[str, IndicatorCall]) -> list[int]:
    """Return the outputs that one configuration reads, in the order of its declaration."""
    return [slot for call in calls.values() for slot in range(series.slots[call].start, series.slots[call].stop)]


def _memories(jobs: Sequence[Job], assets: int) -> tuple[Floats, Ints]:
    """Return the state of every configuration's strategy, one copy an asset, and where each array lies in it.

    A row of places is: start of the configuration, size of one asset, then begin and end of each array.
    """
    module = jobs[0].strategy.module
    if state_class(module) is None:
        return np.zeros(1), np.zeros((len(jobs), 2), dtype=np.int64)
    memories, places, start = [], [], 0
    for job in jobs:
        memory, inside = packed([module.initial_state(job.strategy.params)], f"strategy {module.__name__}")
        places.append([start, memory.size, *inside[0]])
        memories.append(np.tile(memory, assets))
        start += memory.size * assets
    return np.concatenate(memories), np.array(places, dtype=np.int64)


def _accounts(jobs: Sequence[Job]) -> Floats:
    """Return the accounts at the start."""
    account = np.zeros((len(jobs), columns.ACCOUNT_COLUMNS))
    for row, job in zip(account, jobs, strict=True):
        for column in (columns.CASH, columns.EQUITY, columns.PEAK, columns.SESSION_EQUITY, columns.HIGHEST):
            row[column] = job.execution.initial_cash
        row[columns.SCALE] = 1.0
        row[columns.FAULT_ROW] = -1.0
    return account
