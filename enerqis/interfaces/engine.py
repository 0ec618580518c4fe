"""The engine interface: one input type, one result type, for every engine.

An engine is one file in ``enerqis/engines`` with ``SUPPORTS`` (the knobs and kinds it can honour), ``refuse(job) -> list[str]``
(one sentence for each thing that the spec asks and the engine cannot do) and ``backtest(job) -> BacktestResult``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.io.plugins import Plugged as Plugged
from enerqis.spec.execution import Execution

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """Bars of one or more assets on the union of their closing instants.

    Parameters
    ----------
    symbols : tuple of str
        Assets in the order that orders are made; n_assets of them.
    ts : ndarray of shape (n_bars,), int64
        Closing instants, UTC ns, strictly increasing.
    ts_open : ndarray of shape (n_bars, n_assets), int64
        Opening instant of each asset's bar; -1 where it has none.
    session : ndarray of shape (n_bars,), int64
        Days since 1970-01-01 of the trading session.
    open, high, low, close, volume : ndarray of shape (n_bars, n_assets)
        Raw prices and units, C order; NaN where an asset has no bar.
    split_factor, dividend : ndarray of shape (n_bars, n_assets)
        Effective at the open of the row; 1 and 0 where nothing happens.
    tick_size : ndarray of shape (n_assets,)
        Grid of raw prices; 0 = none declared.
    features : mapping of ``NAME.COLUMN`` to ndarray of shape (n_bars, n_assets)
        Feature columns known at each row's close.
    spread : ndarray of shape (n_bars, n_assets), optional
        Distance between bid and ask at the close, quote currency; NaN where an asset has no bar or the data have none. None =
        the data have no such column.
    """

    symbols: tuple[str, ...]
    ts: Ints
    ts_open: Ints
    session: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    split_factor: Floats
    dividend: Floats
    tick_size: Floats
    features: dict[str, Floats] = field(default_factory=dict)
    spread: Floats | None = None


class Span(NamedTuple):
    """The rows of a panel that a job runs over: a run of its own, as if it were begun that day.

    Parameters
    ----------
    warmup : int
        First row that indicators see.
    first : int
        First row of the account: it starts flat there, and the first decision is at that row's close.
    last : int
        Row after the last; nothing of it, or of later ones, is seen.
    """

    warmup: int
    first: int
    last: int


@dataclass(frozen=True)
class Job:
    """Everything that determines one backtest.

    Parameters
    ----------
    panel : Panel
    strategy : Plugged
        Module and StrategyParams.
    commission, slippage : Plugged
    limits : mapping of kind to Plugged
        Risk limits that are on.
    execution : Execution
    seed : int
    calendar : str
        Trading calendar of the dataset; the kernel does not look at it.
    span : Span or None
        Rows to run over; None = all of them. Prices stay on the scale of the whole panel.
    carry : Plugged or None
        None = holding costs nothing.
    marks : tuple of int
        Rows of the panel after which a batch keeps the equity; one outside the rows to run over is passed over. No result
        depends on them.
    """

    panel: Panel
    strategy: Plugged
    commission: Plugged
    slippage: Plugged
    limits: dict[str, Plugged]
    execution: Execution
    seed: int
    calendar: str = "24/7"
    span: Span | None = None
    carry: Plugged | None = None
    marks: tuple[int, ...] = ()

    @property
    def rows(self) -> Span:
        """The rows to run over."""
        return Span(0, 0, int(self.panel.ts.size)) if self.span is None else self.span


@dataclass(frozen=True)
class BacktestResult:
    """What an engine gives back; tables as in `enerqis.core.tables`.

    Parameters
    ----------
    orders, fills, equity, positions, targets : pyarrow.Table
    audit : list of dict
        Events in order: orders refused, risk actions, splits, dividends, delistings; each with ``ts`` (UTC ns), ``event`` and
        its facts.
    own_tables : mapping of str to pyarrow.Table
        What an engine has to say besides, by name; saved beside the others, no part of the result.
    """

    orders: pa.Table
    fills: pa.Table
    equity: pa.Table
    positions: pa.Table
    targets: pa.Table
    audit: list[dict[str, Any]]
    own_tables: dict[str, pa.Table] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchResult:
    """One row a configuration; arrays of shape (n_configs,).

    Parameters
    ----------
    final_equity : ndarray
        Account currency.
    fills : ndarray
        Count of fills.
    max_drawdown : ndarray
        Positive fraction of the running peak.
    moments : ndarray of shape (n_configs, 4)
        Sums over bars of the simple return per bar to the powers 1 to 4.
    sharpe : ndarray
        Mean over standard deviation (ddof=1) of the returns per bar, not annualised.
    exposure, turnover, costs : ndarray
        Mean gross exposure; notional traded over initial cash; commission, slippage and carry paid.
    marks : ndarray of shape (n_configs, n_marks)
        Equity after each of the rows `Job.marks`; NaN where that is outside the rows run over.
    """

    final_equity: Floats
    fills: Ints
    max_drawdown: Floats
    moments: Floats
    sharpe: Floats
    exposure: Floats
    turnover: Floats
    costs: Floats
    marks: Floats
