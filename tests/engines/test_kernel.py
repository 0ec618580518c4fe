"""The compiled kernel against an implementation written out by hand, and its builds against each other."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.costs import no_slippage, notional_bps
from enerqis.costs.no_slippage import NoSlippageParams
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.engines.kernel import backtest, batch, run_indicators
from enerqis.engines.planning import Build
from enerqis.indicators.macd import macd
from enerqis.indicators.sma import sma
from enerqis.interfaces.engine import Job, Panel, Plugged
from enerqis.spec.execution import Execution
from enerqis.strategies import sma_cross
from enerqis.strategies.sma_cross import SmaCrossParams
from tests.engines.scenes import limit, panel_of

TENTH_OF_A_PERCENT = Plugged(notional_bps, NotionalBpsParams(commission_bps=10.0))
EXACT = Plugged(no_slippage, NoSlippageParams())
LIMITS = {
    "position": {"max_position_fraction": 0.9},
    "gross_exposure": {"max_gross_fraction": 0.8},
    "stop_loss": {"max_loss_fraction": 0.01},
    "trailing_stop": {"max_giveback_fraction": 0.012},
    "take_profit": {"max_gain_fraction": 0.03},
    "time_stop": {"max_held_bars": 40},
    "daily_loss": {"max_daily_loss_fraction": 0.02},
    "drawdown_throttle": {"start_drawdown_fraction": 0.05, "max_drawdown_fraction": 0.2},
    "drawdown_halt": {"max_drawdown_fraction": 0.25},
}


def crossing(panel: Panel, *, fast: int = 10, slow: int = 30, limits: tuple[str, ...] = (), **knobs) -> Job:
    strategy = Plugged(sma_cross, SmaCrossParams(fast_bars=fast, slow_bars=slow, is_long_short=True))
    plugged = {kind: limit(kind, **LIMITS[kind]) for kind in limits}
    return Job(panel, strategy, TENTH_OF_A_PERCENT, EXACT, plugged, Execution(**knobs), 0)


def random_panel(rows: int, seed: int) -> Panel:
    random = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(random.normal(0, 0.004, rows))), 2)
    opened = np.round(np.concatenate([close[:1], close[:-1]]) * np.exp(random.normal(0, 0.001, rows)), 2)
    high = np.maximum(opened, close) + np.round(random.random(rows), 2)
    low = np.minimum(opened, close) - np.round(random.random(rows), 2)
    return panel_of(close, open=opened, high=high, low=low, session=np.arange(rows) // 7)


def goog() -> list[dict[str, str]]:
    found = importlib.util.find_spec("bokeh_sampledata")
    if found is None or found.origin is None:
        pytest.skip("bokeh-sampledata is not installed")
    path = next(Path(found.origin).parent.rglob("stocks.csv.gz"))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["Ticker"] == "GOOG"]


def written_out_equity(opens: list[float], closes: list[float]) -> float:
    """Cross of simple averages of 10 and 30 closes; in and out at the next open; all in, 0.1 % commission, whole shares."""
    ticks = [round(close * 10_000) for close in closes]
    cash, shares, wants = 100_000.0, 0, False
    for day, price in enumerate(opens):
        if wants and shares == 0:
            shares = int(cash / (price * 1.001))
            cash -= shares * price * 1.001
        elif not wants and shares > 0:
            cash += shares * price * 0.999
            shares = 0
        if day >= 29:
            wants = sum(ticks[day - 9 : day + 1]) * 3 > sum(ticks[day - 29 : day + 1])
    return cash + shares * closes[-1]


def test_goog_agrees_to_the_cent_with_an_implementation_written_out(kernels):
    rows = goog()
    columns = {name.lower(): [float(row[name]) for row in rows] for name in ("Open", "High", "Low", "Close")}
    panel = panel_of(**columns)
    panel.tick_size[:] = 0.0001  # some closes lie between cents
    strategy = Plugged(sma_cross, SmaCrossParams(fast_bars=10, slow_bars=30))
    job = Job(panel, strategy, TENTH_OF_A_PERCENT, EXACT, {}, Execution(), 0)
    equity = backtest(job, cache_folder=kernels).equity.column("equity")[-1].as_py()
    assert len(rows) > 2000
    assert equity == pytest.approx(written_out_equity(columns["open"], columns["close"]), abs=0.005)


@pytest.mark.slow
@pytest.mark.parametrize("limits", [(), tuple(LIMITS)])
def test_every_build_gives_the_same_bits(kernels, limits):
    job = crossing(random_panel(2000, 3), limits=limits, allow_short=True)
    plain, special, generic = (
        backtest(job, cache_folder=kernels, build=build) for build in (Build(False, False), Build(), Build(True, True))
    )
    assert plain.fills.num_rows > 50
    for other in (special, generic):
        for name in ("fills", "equity", "positions", "targets", "audit"):
            assert getattr(plain, name) == getattr(other, name), name


@pytest.mark.slow
def test_a_batch_equals_single_runs_on_any_number_of_threads(kernels):
    panel = random_panel(30_000, 5)
    marks = (*range(-1, 30_000, 499), 29_999)
    jobs = [
        replace(crossing(panel, fast=fast, slow=30 + fast, limits=tuple(LIMITS)), marks=marks)
        for fast in (3, 5, 8, 13, 21)
    ]
    one, two, three = (batch(jobs, cache_folder=kernels, threads=threads) for threads in (1, 2, 3))
    for name in (
        "final_equity",
        "fills",
        "max_drawdown",
        "moments",
        "sharpe",
        "exposure",
        "turnover",
        "costs",
        "marks",
    ):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes() == getattr(three, name).tobytes()
    for position, job in enumerate(jobs[:2]):
        result = backtest(job, cache_folder=kernels)
        equity = result.equity.column("equity").to_numpy()
        assert equity[-1] == one.final_equity[position]
        assert one.marks[position, 1:].tolist() == equity[list(marks[1:])].tolist()
        assert result.fills.num_rows == one.fills[position]
        returns = np.diff(equity) / equity[:-1]
        assert one.sharpe[position] == pytest.approx(returns.mean() / returns.std(ddof=1), rel=1e-9)
        assert one.max_drawdown[position] == pytest.approx(
            (1 - equity / np.maximum.accumulate(equity)).max(), rel=1e-12
        )


def test_a_batch_refuses_configurations_that_differ_in_structure(kernels):
    panel = random_panel(50, 1)
    with pytest.raises(StageError, match=r"configuration 1 of a batch differs from the first in its structure"):
        batch([crossing(panel), crossing(panel, allow_short=True)], cache_folder=kernels, build=Build(False, False))


def test_declared_series_come_by_name_and_output(kernels):
    panel = random_panel(200, 2)
    series = run_indicators(panel, {"slow": sma("close", 30), "trend": macd("close")}, cache_folder=kernels)
    assert sorted(series) == ["slow", "trend_histogram", "trend_line", "trend_signal"]
    assert series["slow"].shape == (200, 1)
    assert np.isnan(series["slow"][:29]).all()
    assert series["slow"][29:, 0] == pytest.approx([panel.close[i - 29 : i + 1, 0].mean() for i in range(29, 200)])


def test_series_are_on_the_scale_that_splits_do_not_tear(kernels):
    panel = panel_of([20, 22, 11, 12], split=[1, 1, 2, 1])
    series = run_indicators(panel, {"two": sma("close", 2)}, cache_folder=kernels)
    assert series["two"][1:, 0].tolist() == [21.0, 22.0, 23.0]
