"""Small panels and jobs for the engine's tests."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import tests.engines.scripted as scripted
import tests.engines.scripted_market as scripted_market
from enerqis.costs import no_commission, no_slippage
from enerqis.costs.no_commission import NoCommissionParams
from enerqis.costs.no_slippage import NoSlippageParams
from enerqis.engines.planning import Build
from enerqis.interfaces.engine import BacktestResult, Job, Panel, Plugged
from enerqis.interfaces.risk import LimitParams
from enerqis.interfaces.strategy import Decision
from enerqis.io.plugins import params_class, scan
from enerqis.spec.execution import Execution

DAY = 86_400_000_000_000
HOUR = DAY // 24
PLAIN = Build(is_compiled=False)
FREE = Plugged(no_commission, NoCommissionParams())
EXACT = Plugged(no_slippage, NoSlippageParams())
SCRIPTED = Plugged(scripted, scripted.ScriptedParams())
SCRIPTED_MARKET = Plugged(scripted_market, scripted_market.ScriptedMarketParams())


def column(rows: Sequence[float] | Sequence[Sequence[float]]) -> np.ndarray:
    array = np.array(rows, dtype=float)
    return array.reshape(len(array), -1)


def panel_of(
    close: Any, *, open: Any = None, high: Any = None, low: Any = None, split: Any = None, dividend: Any = None,
    spread: Any = None, plan: Mapping[str, Any] | None = None, session: Sequence[int] | None = None,
) -> Panel:  # fmt: skip
    """Daily bars that open at 14 h and close at 21 h; one column an asset, NaN = no bar; what is not said is flat."""
    closes = column(close)
    opens = closes if open is None else column(open)
    rows, assets = closes.shape
    ts = np.arange(rows, dtype=np.int64) * DAY + 21 * HOUR
    plan = plan or {}
    return Panel(
        symbols=tuple("ABCDEFGH"[:assets]),
        ts=ts,
        ts_open=np.where(np.isnan(closes), -1, (ts - 7 * HOUR)[:, None]),
        session=np.arange(rows) if session is None else np.array(session),
        open=opens,
        high=np.maximum(opens, closes) if high is None else column(high),
        low=np.minimum(opens, closes) if low is None else column(low),
        close=closes,
        volume=np.where(np.isnan(closes), np.nan, 1000.0),
        split_factor=np.ones_like(closes) if split is None else column(split),
        dividend=np.zeros_like(closes) if dividend is None else column(dividend),
        tick_size=np.zeros(assets),
        features={
            f"plan.{name}": column(plan[name]) if name in plan else np.full_like(closes, math.nan)
            for name in Decision._fields
        },
        spread=None if spread is None else column(spread),
    )


def limit(kind: str, **numbers: float) -> Plugged:
    params = params_class(scan("risk", None)[kind], LimitParams)
    assert params is not None
    return Plugged(importlib.import_module(f"enerqis.risk.{kind}"), params(**numbers))


def job_of(
    panel: Panel, *, commission: Plugged = FREE, slippage: Plugged = EXACT, carry: Plugged | None = None,
    limits: Mapping[str, Mapping[str, float]] | None = None, strategy: Plugged = SCRIPTED, **knobs: Any,
) -> Job:  # fmt: skip
    plugged = {kind: limit(kind, **numbers) for kind, numbers in (limits or {}).items()}
    execution = Execution(**{"initial_cash": 1000.0, **knobs})
    return Job(panel, strategy, commission, slippage, plugged, execution, 0, carry=carry)


def fills(result: BacktestResult) -> list[tuple[int, float, float, str]]:
    """Day, units, price and reason of each fill."""
    rows = result.fills.to_pylist()
    return [(row["ts"].value // DAY, row["units"], round(row["price"], 9), row["reason"]) for row in rows]
