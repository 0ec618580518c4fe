"""The metric interface: figures from an equity curve and its trades.

A metric is one file with ``class XParams(MetricParams)`` and ``compute(params, evidence) -> dict[str, float]``; the keys are
the names under which ``data/metrics/EXPERIMENT.json`` and MLflow show the figures, units at their end: ``..._fraction`` (0.05
is 5 %), ``..._ratio`` (a plain number), ``..._amount`` (account currency), ``..._count``, ``..._sessions``, ``..._days``,
``..._bps``. A figure that does not exist (no trades, no loss, one session) is NaN and is left out of the file.

Law: a metric is a pure function of its Params and the evidence, and knows no number of days in a year but the evidence's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.core.errors import StageError
from enerqis.quant.benchmark import buy_and_hold
from enerqis.quant.columns import integers
from enerqis.quant.returns import on_every_session, session_returns, sessions_of
from enerqis.quant.rounding import significant
from enerqis.quant.trades import round_trips
from enerqis.spec.base import Spec

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class MetricParams(Spec):
    """Base of every metric's Params; subclasses add the literal ``kind``."""


@dataclass(frozen=True)
class Evidence:
    """What metrics are computed from.

    Parameters
    ----------
    sessions : ndarray of shape (n_sessions,)
        Sessions of the calendar from the run's first bar to its last, days since 1970-01-01, increasing.
    returns : ndarray of shape (n_sessions,)
        Simple return of equity per trading session; 0 in a session without bars.
    benchmark_returns : ndarray of shape (n_sessions,)
        Simple return per session of buy-and-hold of the universe, equal weights at the start, without costs.
    sessions_per_year : float
        Sessions of the dataset's calendar per year of 365.25 days, counted over the dataset's whole period.
    equity, fills, orders, trades, benchmark : pyarrow.Table
        As in `enerqis.core.tables`; trades are round trips, the benchmark has a row for each of equity's.
    initial_cash : float
        Account currency.
    contract_multiplier : float
        Account currency per point of price and unit.
    """

    sessions: Ints
    returns: Floats
    benchmark_returns: Floats
    sessions_per_year: float
    equity: pa.Table
    fills: pa.Table
    orders: pa.Table
    trades: pa.Table
    benchmark: pa.Table
    initial_cash: float
    contract_multiplier: float = 1.0


class Metric(Protocol):
    """The module of a metric's kind."""

    def compute(self, params: Any, evidence: Evidence) -> dict[str, float]:
        """Return the figures by name; NaN where one does not exist."""


def evidence_from(
    *,
    equity: pa.Table,
    fills: pa.Table,
    orders: pa.Table,
    bars: pa.Table,
    calendar_sessions: Ints,
    sessions_per_year: float,
    initial_cash: float,
    contract_multiplier: float = 1.0,
) -> Evidence:
    """Return the evidence of one backtest.

    Parameters
    ----------
    equity, fills, orders : pyarrow.Table
        As the engine wrote them.
    bars : pyarrow.Table
        `enerqis.core.tables.BARS`, of the experiment's universe and period only: they are also the benchmark.
    calendar_sessions : ndarray of shape (n_days,)
        Sessions of the dataset's calendar, days since 1970-01-01, increasing; at least those of the run's period.
    sessions_per_year, initial_cash, contract_multiplier : float
        As in `Evidence`.

    Raises
    ------
    ValueError
        If there are no bars.
    """
    ts = integers(equity, "ts")
    sessions = sessions_of(ts, bar_ts=integers(bars, "ts"), bar_session=integers(bars, "session"))
    benchmark = buy_and_hold(bars, ts=ts, initial_cash=initial_cash)

    def returns_of(values: Floats) -> tuple[Ints, Floats]:
        days, returns = session_returns(values, sessions, initial=initial_cash)
        return on_every_session(days, returns, calendar_sessions)

    days, returns = returns_of(equity.column("equity").to_numpy())
    return Evidence(
        sessions=days,
        returns=returns,
        benchmark_returns=returns_of(benchmark.column("equity").to_numpy())[1],
        sessions_per_year=sessions_per_year,
        equity=equity,
        fills=fills,
        orders=orders,
        trades=round_trips(fills, bars, contract_multiplier=contract_multiplier),
        benchmark=benchmark,
        initial_cash=initial_cash,
        contract_multiplier=contract_multiplier,
    )


def figures(metrics: Mapping[str, tuple[Metric, MetricParams]], evidence: Evidence) -> dict[str, float]:
    """Return the figures of all metrics, sorted by name and rounded to 12 significant digits; what does not exist is left out.

    Parameters
    ----------
    metrics : mapping of name to (module, Params)
        As chosen under ``metric.NAME``. Where NAME is not the kind, its figures are called ``NAME.KEY``, so that one kind can
        be chosen twice with other numbers.
    evidence : Evidence

    Raises
    ------
    StageError
        If two metrics give a figure of one name: whoever reads it, a gate too, could not tell whose it is.
    """
    found: dict[str, float] = {}
    makers: dict[str, str] = {}
    for name, (module, params) in metrics.items():
        prefix = "" if name == getattr(params, "kind", name) else f"{name}."
        for key, value in module.compute(params, evidence).items():
            maker = makers.setdefault(prefix + key, name)
            if maker != name:
                raise StageError(f"metric.{name}: its figure '{prefix + key}' is one of metric.{maker} too. Rename it.")
            if math.isfinite(value):
                found[prefix + key] = significant(float(value))
    return dict(sorted(found.items()))
