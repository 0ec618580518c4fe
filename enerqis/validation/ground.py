"""What every part of a validation stands on: the bars, the calendar, and runs of the job and its variants over them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from enerqis.engines import kernel
from enerqis.engines.choosing import backtest
from enerqis.engines.planning import Build
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.interfaces.metric import Evidence, Floats, Ints, evidence_from
from enerqis.quant.columns import integers
from enerqis.quant.returns import on_every_session, session_returns, sessions_of

PLAIN_VALUES = 400_000
"""Bars times assets up to which a run of a structure that nothing else uses is plain Python: sooner than compiling it."""


@dataclass(frozen=True)
class Ground:
    """Bars and calendar of an experiment.

    Parameters
    ----------
    bars : pyarrow.Table
        `enerqis.core.tables.BARS` of the universe and period.
    calendar_sessions : ndarray of shape (n_days,)
        Sessions of the dataset's calendar, days since 1970-01-01, increasing.
    sessions_per_year : float
    cache_folder : Path
        Where generated kernels are kept.
    is_compiled : bool
        Compile the kernel that many runs share; the bits are the same.
    """

    bars: pa.Table
    calendar_sessions: Ints
    sessions_per_year: float
    cache_folder: Path
    is_compiled: bool = True

    def run(self, job: Job) -> BacktestResult:
        """Run the job as the stage `backtest` does.

        Raises
        ------
        StageError
            If the engine refuses it.
        """
        return self._run(job, is_compiled=self.is_compiled)

    def run_variant(self, job: Job) -> BacktestResult:
        """Run a job whose kernel nothing else needs: compiled only where that is sooner. The bits are the same.

        Raises
        ------
        StageError
            If the engine refuses it.
        """
        return self._run(job, is_compiled=self.is_compiled and job.panel.close.size > PLAIN_VALUES)

    def _run(self, job: Job, *, is_compiled: bool) -> BacktestResult:
        if job.execution.engine != "kernel":
            return backtest(job, cache_folder=self.cache_folder)
        return kernel.backtest(job, cache_folder=self.cache_folder, build=Build(is_compiled=is_compiled))

    def evidence(self, result: BacktestResult, job: Job) -> Evidence:
        """Return what figures are computed from: returns per session, trades, buy-and-hold."""
        return evidence_from(
            equity=result.equity,
            fills=result.fills,
            orders=result.orders,
            bars=self.bars,
            calendar_sessions=self.calendar_sessions,
            sessions_per_year=self.sessions_per_year,
            initial_cash=job.execution.initial_cash,
            contract_multiplier=job.execution.contract_multiplier,
        )

    def returns(self, equity: pa.Table, job: Job) -> tuple[Ints, Floats]:
        """Return the sessions of the calendar that a run covers, and its simple return in each; 0 where there was no bar."""
        own = self.sessions_at(integers(equity, "ts"))
        days, returns = session_returns(equity.column("equity").to_numpy(), own, initial=job.execution.initial_cash)
        return on_every_session(days, returns, self.calendar_sessions)

    def sessions_at(self, ts: Ints) -> Ints:
        """Return the session of each instant, days since 1970-01-01."""
        return sessions_of(ts, bar_ts=integers(self.bars, "ts"), bar_session=integers(self.bars, "session"))


def equity_before(instants: Ints, equity: pa.Table, *, initial: float) -> Floats:
    """Return the equity at the last close before each instant; `initial` before the first."""
    known = np.concatenate(([initial], equity.column("equity").to_numpy()))
    rows: Ints = np.searchsorted(integers(equity, "ts"), instants, side="left")
    values: Floats = known[rows]
    return values
