"""Every shipped strategy on both engines: one asset on an exchange's days, three assets on the hours of a currency market."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerqis.costs import notional_bps, spread_bps
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.engines import kernel, zipline
from enerqis.interfaces.engine import BacktestResult, Job, Panel, Plugged
from enerqis.interfaces.indicator import BAR_FIELDS
from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.calendars import sessions
from enerqis.io.plugins import params_class, scan
from enerqis.laws.market import TICK_SIZE, market
from enerqis.spec.execution import Execution
from tests.engines.agreement import difference
from tests.engines.scenes import PLAIN, limit

HOUR = 3_600_000_000_000
STRATEGIES = sorted(scan("strategies", None))
SHORTER = {
    "cross_sectional_momentum": {"lookback_bars": 60, "skip_bars": 5},
    "energy_reversion": {"lookback_bars": 60},
    "energy_breakout": {"fast_bars": 3, "slow_bars": 20},
}
COSTS = (
    Plugged(notional_bps, NotionalBpsParams(commission_bps=2.0, min_commission=1.0)),
    Plugged(spread_bps, SpreadBpsParams()),
)


def strategy(kind: str) -> Plugged:
    """The strategy with windows short enough for a small panel."""
    params = params_class(scan("strategies", None)[kind], StrategyParams)
    assert params is not None
    return Plugged(importlib.import_module(f"enerqis.strategies.{kind}"), params(**SHORTER.get(kind, {})))


def panel(opens: np.ndarray, closes: np.ndarray, days: np.ndarray, assets: int, plugged: Plugged) -> Panel:
    """A made-up market at the given instants; the second and third asset lack some bars, the first splits and pays."""
    rows = len(closes)
    calls = plugged.module.indicators(plugged.params).values()
    sources = tuple(sorted({name for call in calls for name in call.inputs} - set(BAR_FIELDS)))
    columns = [market(rows, seed=seed, sources=sources) for seed in range(assets)]
    stacked = {name: np.stack([each[name] for each in columns], axis=1) for name in (*BAR_FIELDS, *sources)}
    missing = np.random.default_rng(7).random((rows, assets)) < 0.08
    missing[:, 0] = False
    for values in stacked.values():
        values[missing] = np.nan
    split, dividend = np.ones((rows, assets)), np.zeros((rows, assets))
    split[rows // 2, 0], dividend[rows // 3, 0] = 2.0, 0.37
    return Panel(
        symbols=("A", "B", "C")[:assets],
        ts=closes,
        ts_open=np.where(missing, -1, opens[:, None]),
        session=days,
        split_factor=split,
        dividend=dividend,
        tick_size=np.full(assets, TICK_SIZE),
        features={name: stacked[name] for name in sources},
        **{name: stacked[name] for name in BAR_FIELDS},
    )


def on_both(folder: Path, bars: Panel, plugged: Plugged, calendar: str, **knobs: Any) -> BacktestResult:
    limits = {"position": limit("position", max_position_fraction=0.5), "stop_loss": limit("stop_loss")}
    job = Job(bars, plugged, *COSTS, limits, Execution(**knobs), 0, calendar)
    reference = zipline.backtest(job, cache_folder=folder)
    assert difference(kernel.backtest(job, cache_folder=folder, build=PLAIN), reference) == ""
    return reference


@pytest.mark.slow
@pytest.mark.parametrize("kind", STRATEGIES)
def test_days_of_an_exchange_agree(tmp_path: Path, kind: str) -> None:
    days = sessions("XNYS", 2021, 2021)
    plugged, kept = strategy(kind), slice(100, 350)
    bars = panel(days.open[kept], days.close[kept], days.day[kept], 1, plugged)
    assert on_both(tmp_path, bars, plugged, "XNYS").orders.num_rows > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", STRATEGIES)
def test_hours_of_a_currency_market_agree(tmp_path: Path, kind: str) -> None:
    days = sessions("24/5", 2021, 2021).between(18_700, 18_720)
    closes = np.concatenate([opened + HOUR * np.arange(1, 25) for opened in days.open])
    plugged = strategy(kind)
    bars = panel(closes - HOUR, closes, np.repeat(days.day, 24), 3, plugged)
    result = on_both(tmp_path, bars, plugged, "24/5", allow_short=True, lot_step=0.0, latency_bars=1)
    assert result.orders.num_rows > 0
