"""Many jobs at once: in batches where the kernel can share its work, one by one where it cannot; a bad one fails alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from enerqis.core.errors import EnerqisError
from enerqis.engines import book as columns
from enerqis.engines import choosing, kernel
from enerqis.engines.book import Floats
from enerqis.engines.configuration import Described, PanelFacts, calls_of, facts_of, parts_of, shared
from enerqis.engines.kernel import sharpe
from enerqis.engines.planning import SPECIALISED, Build
from enerqis.engines.tallying import tally
from enerqis.interfaces.engine import BacktestResult, BatchResult, Job, Panel

KERNEL = "kernel"
"""The engine that runs batches."""

NOT_ROWS = ("symbols", "tick_size", "features")
"""Fields of a panel without a row a bar."""

FAULTS_OF_A_JOB = (EnerqisError, ArithmeticError, ValueError, IndexError)
"""What a job's own numbers can cause; anything else is a defect and is raised."""


class Ran(NamedTuple):
    """What many jobs gave.

    Parameters
    ----------
    result : BatchResult
        A row a job, in their order; NaN, and no fills, where a job failed.
    errors : dict of int to str
        Why, by the number of the job.
    """

    result: BatchResult
    errors: dict[int, str]


def run_jobs(jobs: Sequence[Job], *, cache_folder: Path, threads: int | None = None, build: Build = SPECIALISED) -> Ran:
    """Run jobs of any structure on the engines that they name.

    Parameters
    ----------
    jobs : sequence of Job
        All with as many marks.
    cache_folder : Path
        Where generated modules are kept.
    threads : int, optional
        Default: the processor's cores. The result does not depend on it.
    build : Build
        Of the kernel.

    Returns
    -------
    Ran
        Statistics of a kernel's batch are those of each job run alone, to the bit.
    """
    errors: dict[int, str] = {}
    rows = _blank(len(jobs), marks=len(jobs[0].marks) if jobs else 0)

    def run(chosen: list[int], *, is_batch: bool) -> None:
        """Run some jobs; where one of them is bad, halve them until it is alone."""
        try:
            if is_batch:
                part = [jobs[i] for i in chosen]
                result = kernel.batch(part, cache_folder=cache_folder, threads=threads, build=build)
            else:
                result = alone(jobs[chosen[0]], cache_folder=cache_folder)
        except FAULTS_OF_A_JOB as exc:
            if len(chosen) == 1:
                errors[chosen[0]] = str(exc) or type(exc).__name__
                return
            middle = len(chosen) // 2
            run(chosen[:middle], is_batch=is_batch)
            run(chosen[middle:], is_batch=is_batch)
            return
        for each in fields(rows):
            getattr(rows, each.name)[chosen] = getattr(result, each.name)

    for group in batches(jobs):
        run(group, is_batch=jobs[group[0]].execution.engine == KERNEL)
    return Ran(rows, errors)


def batches(jobs: Sequence[Job]) -> list[list[int]]:
    """Return the numbers of the jobs that one kernel can run together, batch by batch; other engines run jobs one by one."""
    described = Described()
    facts: dict[int, PanelFacts] = {}
    found: dict[Any, list[int]] = {}
    for i, job in enumerate(jobs):
        if job.execution.engine != KERNEL or kernel.refuse(job):
            found[i] = [i]
            continue
        if id(job.panel) not in facts:
            facts[id(job.panel)] = facts_of(job.panel)
        key = _structure(job, facts[id(job.panel)], described)
        found.setdefault(key, []).append(i)
    return list(found.values())


def _structure(job: Job, facts: PanelFacts, described: Described) -> tuple[Any, ...]:
    """Return what jobs of one batch have in common."""
    try:
        calls = calls_of(job)
    except ValueError:
        return (id(job),)
    parts = parts_of(job, job.limits, facts, described, calls, record=False)
    alike = (tuple(part.items()) if isinstance(part, dict) else part for part in parts)
    return (id(job.panel), *shared(job).values(), *alike)


def alone(job: Job, *, cache_folder: Path) -> BatchResult:
    """Run one job on the engine that it names and return its statistics."""
    return statistics_of(choosing.backtest(job, cache_folder=cache_folder), job)


def statistics_of(result: BacktestResult, job: Job) -> BatchResult:
    """Return the statistics of one finished run, of shape (1,), computed as a batch computes them."""
    equity = result.equity.column("equity").to_numpy()
    account = np.zeros(columns.ACCOUNT_COLUMNS)
    account[columns.EQUITY] = account[columns.HIGHEST] = job.execution.initial_cash
    curve = np.zeros((columns.CURVE_ROWS, equity.size))
    curve[columns.CURVE_EQUITY] = equity
    curve[columns.CURVE_GROSS] = result.equity.column("gross_exposure").to_numpy()
    tally(account, curve, equity.size)
    moments = account[None, columns.SUM1 : columns.SUM4 + 1]
    units, price, commission, slippage = (
        result.fills.column(name).to_numpy() for name in ("units", "price", "commission", "slippage")
    )
    notional = np.abs(units) * np.abs(price) * job.execution.contract_multiplier
    return BatchResult(
        final_equity=equity[-1:].copy(),
        fills=np.array([result.fills.num_rows]),
        max_drawdown=account[None, columns.DRAWDOWN],
        moments=moments,
        sharpe=sharpe(moments, equity.size - 1),
        exposure=account[None, columns.EXPOSURE] / equity.size,
        turnover=np.array([notional.sum() / job.execution.initial_cash]),
        costs=np.array([(commission + slippage).sum() + result.equity.column("carry").to_numpy().sum()]),
        marks=_marks(equity, job),
    )


def first_rows(panel: Panel, count: int) -> Panel:
    """Return the first `count` rows of a panel: what was known when the last of them closed."""
    arrays = {each.name: getattr(panel, each.name) for each in fields(panel) if each.name not in NOT_ROWS}
    rows = {name: values[:count] for name, values in arrays.items() if values is not None}
    return replace(panel, **rows, features={name: values[:count] for name, values in panel.features.items()})


def _marks(equity: Floats, job: Job) -> Floats:
    """Return the equity after the rows that a job marks, of shape (1, n_marks); NaN where there is none."""
    rows = np.array(job.marks, dtype=np.int64) - job.rows.first
    is_there = (rows >= 0) & (rows < equity.size)
    found: Floats = np.where(is_there, equity[np.where(is_there, rows, 0)], np.nan)
    return found[None]


def _blank(count: int, *, marks: int) -> BatchResult:
    """Return rows that nothing was run for."""

    def nan() -> Floats:
        return np.full(count, np.nan)

    moments: Floats = np.full((count, 4), np.nan)
    kept: Floats = np.full((count, marks), np.nan)
    return BatchResult(nan(), np.zeros(count, dtype=np.int64), nan(), moments, nan(), nan(), nan(), nan(), kept)
