"""The fast engine: one generated, compiled loop over bars; the only door to numba.

`backtest` runs one job and writes tables, `batch` runs many configurations of the same structure over tiles of bars and
keeps statistics only, `run_indicators` computes declared series. All three give the same bits on any number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from enerqis.core.errors import StageError
from enerqis.engines import book as columns
from enerqis.engines.book import Floats, Ints
from enerqis.engines.conditions import Conditions, conditions, volatility_bars
from enerqis.engines.configuration import Described, calls_of, check_alike, facts_of, number_rows, parts_of
from enerqis.engines.dispatch import slot_count, state_class
from enerqis.engines.generate import Parts, all_facts, kernel_module
from enerqis.engines.hearing import FAULTS
from enerqis.engines.holding import settlement_hours, spans
from enerqis.engines.latency import delays
from enerqis.engines.log import JOURNAL_FIELDS, REASONS
from enerqis.engines.records import Recorder, journal_entries, reserved
from enerqis.engines.refusing import impossible
from enerqis.engines.series import SeriesSet, packed
from enerqis.engines.sharing import Share, ahead, spread, threads_here, tiles
from enerqis.engines.structure import ALWAYS_FIXED
from enerqis.engines.tape import Tape, is_plain
from enerqis.engines.warmup import seen_before
from enerqis.interfaces.engine import BacktestResult, BatchResult, Job, Panel, Plugged
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
"""Indicator values of one tile: half a MB, about half of what a core's cache holds."""

TILE_BARS = 1 << 14
"""Most bars of one tile."""

BATCH_BARS = 1 << 12
"""Most bars of one tile of a batch: what a configuration writes down stays in the cache until it is tallied."""


class Build(NamedTuple):
    """How a kernel is made: for its structure or generic, compiled or plain. Every build gives the same bits."""

    is_generic: bool = False
    is_compiled: bool = True


SPECIALISED = Build()


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
    run = Run([job], cache_folder, build=build, limits=limits or {}, record=True, threads=threads_here())
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
    run = Run(jobs, cache_folder, build=build, limits=limits or {}, record=False, threads=threads or threads_here())
    run.through(None)
    return run.statistics()


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
    out = np.empty((series.outputs, *panel.close.shape))
    for first, last in tiles(0, panel.ts.size, TILE_BARS):
        series.compute(first, last, out[:, first:])
    return {
        name + suffix: out[series.slots[call].start + i]
        for name, call in calls.items()
        for i, suffix in enumerate(series.suffixes[call])
    }


def plain_arrays(panel: Panel) -> Panel:
    """Return the panel with arrays as compiled code takes them: C order, writeable, one type; copied only where needed."""
    names = ("ts", "ts_open", "session", "open", "high", "low", "close", "volume", "split_factor", "dividend")
    return replace(panel, **{name: np.require(getattr(panel, name), requirements=["C", "W"]) for name in names})


class Run:
    """One pass of some configurations over one panel.

    Parameters
    ----------
    jobs : sequence of Job
    folder : Path
        Where generated modules are kept.
    build : Build
    limits : mapping of kind to Plugged
        Limits that the kernel knows besides the jobs'.
    record : bool
        Write tables; one job only.
    threads : int
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        folder: Path,
        *,
        build: Build,
        limits: Mapping[str, Plugged],
        record: bool,
        threads: int,
    ) -> None:
        first = jobs[0]
        refused = refuse(first)
        if refused:
            raise StageError("\n".join(refused))
        self.jobs = jobs
        self.threads = threads
        self.panel = plain_arrays(first.panel)
        self.rows = first.rows
        facts = facts_of(self.panel)
        known = {**limits, **first.limits} if build.is_generic else dict(first.limits)
        described = Described()
        calls = [calls_of(job) for job in jobs]
        self.parts: Parts = parts_of(first, known, facts, described, calls[0], record=record)
        own = parts_of(first, first.limits, facts, described, calls[0], record=record)
        check_alike(jobs, calls, own, facts, described, record=record)
        self.reasons = (*REASONS, *sorted(known))
        self.module = kernel_module(self.parts, folder, is_generic=build.is_generic, is_compiled=build.is_compiled)
        self.series = SeriesSet(
            self.panel,
            [call for each in calls for call in each.values()],
            folder,
            is_compiled=build.is_compiled,
            is_adjusted=facts.has_actions,
        )
        self.flags = _flags(self.parts)
        self.is_plain = not build.is_generic and is_plain(self.parts.structure)
        self.numbers = number_rows(jobs, self.parts, known)
        self.slots = np.array([_slots(self.series, each) for each in calls], dtype=np.int64).reshape(len(jobs), -1)
        self.memory, self.places = _memories(jobs, len(self.panel.symbols))
        self.latency_bars = max(job.execution.max_latency_bars for job in jobs)
        self.account = _accounts(jobs)
        shape = (len(jobs), len(self.panel.symbols))
        self.assets = np.zeros((*shape, columns.ASSET_COLUMNS))
        self.assets[:, :, list(columns.ABSENT_PRICES)] = np.nan
        self.assets[:, :, [columns.SEEN, columns.MARK]] = seen_before(self.panel, self.rows.first)
        self.orders = np.zeros((len(jobs), shape[1] * (self.latency_bars + 3), columns.ORDER_COLUMNS))
        self.cross = np.zeros((len(jobs), columns.CROSS_SERIES + slot_count(self.parts.indicators), shape[1]))

    def through(self, recorder: Recorder | None) -> None:
        """Run all tiles; before the first row of the account only series move on."""
        assets = len(self.panel.symbols)
        values = TILE_VALUES // max(1, assets * (1 if recorder else self.series.outputs))
        most = TILE_BARS if recorder else BATCH_BARS
        size = min(most, max(256, values), self.rows.last - self.rows.warmup)
        out = np.empty((1 if recorder is None else 2, self.series.outputs, size, assets))
        journal = reserved((JOURNAL_FIELDS, journal_entries(size, assets, self.latency_bars) if recorder else 0))
        curves = np.empty((self.threads, columns.CURVE_ROWS, size)) if recorder is None else recorder.curve[None]
        tape = Tape(
            self.panel,
            self.series.factor,
            is_plain=self.is_plain,
            delisted_after_days=self.jobs[0].execution.delisted_after_days,
            last=self.rows.last,
            market=self._market(),
            spans=self._spans(),
            delays=delays(self.jobs[0]) if self.parts.structure.draws_latency else None,
        )
        steps = tiles(self.rows.first, self.rows.last, size)
        with ThreadPoolExecutor(self.threads) if self.threads > 1 else nullcontext() as executor:
            for first, last in tiles(self.rows.warmup, self.rows.first, size):
                self.series.compute(first, last, out[0], executor)

            def prepare(number: int) -> tuple[Floats, Floats]:
                first, last = steps[number]
                if recorder is not None:
                    recorder.reserve(first, last)
                helpers = executor if recorder is None or self.threads > 2 else None
                series = self.series.compute(first, last, out[number % len(out)], helpers)
                return tape.cut(first, last), series

            prepared = ahead(prepare, len(steps), executor if recorder else None)
            for (first, _), (bars, series) in zip(steps, prepared, strict=True):
                self.account[:, columns.FIRST_ROW] = first
                self._tile(bars, series, journal, curves, executor)
                if recorder is not None:
                    recorder.take(first, journal, self.account)
                self._raise_fault()

    def _market(self) -> Conditions | None:
        """Return the market of each bar, where the slippage looks at it."""
        if not self.parts.structure.reads_market:
            return None
        return conditions(self.panel, self.series.factor, volatility_bars=volatility_bars(self.jobs[0]))

    def _spans(self) -> tuple[Floats, ...]:
        """Return how long each row is held, where that may cost something."""
        if not self.parts.structure.carries:
            return ()
        return spans(self.panel, settlement_hours(self.jobs[0]), self.rows.first)

    def _tile(
        self, tape: Floats, series: Floats, journal: Floats, curves: Floats, executor: ThreadPoolExecutor | None
    ) -> None:
        """Run every configuration over one tile, in as many shares as there are threads."""

        def run(share: Share) -> None:
            self.module.run(
                self.flags, self.numbers, share.first, share.last, tape, series, self.slots, self.memory, self.places,
                self.account, self.assets, self.orders, self.cross, journal, curves[share.number],
            )  # fmt: skip

        spread(run, len(self.jobs), self.threads, executor)

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
        )


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
