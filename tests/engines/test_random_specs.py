"""Random data with gaps, random decisions, random knobs, costs and limits: the builds agree to the bit, the books balance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerqis.costs import (
    borrow_rate,
    funding_rate,
    half_spread,
    notional_bps,
    per_unit,
    spread_bps,
    sqrt_impact,
    volume_share,
)
from enerqis.costs.borrow_rate import BorrowRateParams
from enerqis.costs.funding_rate import FundingRateParams
from enerqis.costs.half_spread import HalfSpreadParams
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.costs.per_unit import PerUnitParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.costs.sqrt_impact import SqrtImpactParams
from enerqis.costs.volume_share import VolumeShareParams
from enerqis.engines.kernel import backtest
from enerqis.engines.panel import panel_until
from enerqis.engines.planning import Build
from enerqis.interfaces.engine import BacktestResult, Job, Plugged
from enerqis.io.hashing import table_digest
from tests.engines import thin_book
from tests.engines.agreement import difference
from tests.engines.scenes import EXACT, FREE, PLAIN, SCRIPTED, SCRIPTED_MARKET, job_of, limit, panel_of
from tests.engines.thin_book import ThinBookParams

Costs = tuple[Plugged, Plugged, Plugged | None]
"""Commission, slippage and carry."""
TABLES = ("orders", "fills", "equity", "positions", "targets")
CHOICES: dict[str, list[Any]] = {
    "fill_price": ["next_open", "next_close"],
    "size_at": ["decision", "fill"],
    "keep_commission": [True, False],
    "rebalance": ["on_change", "every_bar", "band"],
    "lot_step": [0.0, 1.0, 0.25],
    "lot_rounding": ["down", "nearest"],
    "order_sequence": ["sells_first", "symbol_order"],
    "cash_shortfall": ["reduce", "reject", "allow"],
    "intrabar_order": ["stop_first", "take_profit_first"],
    "stop_active_from": ["fill_bar", "next_bar"],
    "limit_fill": ["through", "touch"],
    "latency_bars": [0, 1, 2],
    "latency_distribution": [(), (0.5, 0.3, 0.2)],
    "allow_short": [True, False],
    "initial_margin_fraction": [1.0, 0.5],
    "maintenance_margin_fraction": [0.0, 0.5],
    "contract_multiplier": [1.0, 5.0],
    "delisted_after_days": [60, 1],
    "last_bar": ["hold", "close"],
}
KNOBS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()})
NUMBERS: dict[str, dict[str, float]] = {
    "position": {"max_position_fraction": 0.6},
    "gross_exposure": {"max_gross_fraction": 0.9},
    "net_exposure": {"max_net_fraction": 0.7},
    "leverage": {"max_leverage_fraction": 1.1},
    "stop_loss": {"max_loss_fraction": 0.02},
    "trailing_stop": {"max_giveback_fraction": 0.03},
    "take_profit": {"max_gain_fraction": 0.02},
    "time_stop": {"max_held_bars": 5},
    "daily_loss": {"max_daily_loss_fraction": 0.02},
    "drawdown_throttle": {"start_drawdown_fraction": 0.02, "max_drawdown_fraction": 0.1},
    "drawdown_halt": {"max_drawdown_fraction": 0.2},
}
LIMITS = st.fixed_dictionaries({}, optional={kind: st.just(numbers) for kind, numbers in NUMBERS.items()})
MINIMUM = Plugged(notional_bps, NotionalBpsParams(commission_bps=10.0, min_commission=0.5))
SPREAD = Plugged(spread_bps, SpreadBpsParams(half_spread_bps=2.0, slippage_bps=3.0))
COMMISSIONS = st.sampled_from(
    [FREE, MINIMUM, Plugged(per_unit, PerUnitParams(commission_per_unit=0.01, min_commission=1.0))]
)
THIN = Plugged(thin_book, ThinBookParams(slope=0.5))
QUOTED = Plugged(half_spread, HalfSpreadParams(fallback_bps=4.0))
IMPACT = Plugged(sqrt_impact, SqrtImpactParams(volatility_bars=5))
BORROWED = Plugged(borrow_rate, BorrowRateParams(short_rate=0.2, debit_rate=0.3, credit_rate=0.1))
FUNDED = Plugged(funding_rate, FundingRateParams(rate_bps=5.0, settlement_hours_utc=(0, 15, 21)))
CARRIES: list[Plugged | None] = [None, BORROWED, FUNDED]
SHARE = Plugged(volume_share, VolumeShareParams(max_volume_share=0.02, price_impact=0.5))
SLIPPAGES = st.sampled_from([EXACT, SPREAD, THIN, QUOTED, IMPACT, SHARE])


PRICES = (("stop_loss", 0.1, 0.05), ("take_profit", 0.1, 0.05), ("limit", 0.4, 0.01), ("stop", 0.3, 0.01))
"""Prices that a decision may name, how often it does, and how far from the close they are."""


def random_job(seed: int, assets: int, costs: Costs, limits: Any, knobs: dict[str, Any]) -> Job:
    """Sixty bars an asset with gaps, actions, some without volume; random targets and prices, in two of three of orders."""
    random = np.random.default_rng(seed)
    shape = (60, assets)
    close = np.round(20 * np.exp(np.cumsum(random.normal(0, 0.02, shape), axis=0)), 2)
    opened = np.round(close * np.exp(random.normal(0, 0.01, shape)), 2)
    high = np.round(np.maximum(opened, close) * 1.01, 2)
    low = np.round(np.minimum(opened, close) * 0.99, 2)
    missing = random.random(shape) < 0.1
    missing[0] = missing[-1] = False
    for prices in (close, opened, high, low):
        prices[missing] = np.nan
    split, dividend = np.ones(shape), np.zeros(shape)
    split[30], dividend[40] = 2.0, 0.1
    split[missing], dividend[missing] = 1.0, 0.0
    target = np.where(random.random(shape) < 0.4, random.choice([-1.0, -0.4, 0.0, 0.5, 1.0], shape), np.nan)
    adjusted = close * np.cumprod(split, axis=0)
    plan = {"target": target}
    for name, likely, away in PRICES:
        factors = np.round(1.0 + random.choice([-away, away], shape) * random.integers(0, 3, shape), 3)
        plan[name] = np.where(random.random(shape) < likely, np.round(adjusted * factors, 2), np.nan)
    strategy = SCRIPTED if seed % 3 else SCRIPTED_MARKET
    spread = np.where(random.random(shape) < 0.3, np.nan, np.round(close * 0.001, 3))
    panel = panel_of(
        close, open=opened, high=high, low=low, split=split, dividend=dividend, spread=spread, plan=plan,
        session=np.arange(60) // 3 * 3,  # of three bars, labelled by the day of its first: zipline dates a split by that label
    )  # fmt: skip
    volume = np.where(random.random(shape) < 0.1, random.choice([0.0, np.nan], shape), random.uniform(100, 3000, shape))
    panel = replace(panel, volume=np.where(missing, np.nan, np.round(volume, 1)))
    return job_of(
        panel, commission=costs[0], slippage=costs[1], carry=costs[2], limits=limits, strategy=strategy, **knobs
    )


def booked_equity(job: Job, result: BacktestResult) -> np.ndarray:
    """Equity at each close, from the fills alone: written without the engine."""
    panel, multiplier = job.panel, job.execution.contract_multiplier
    cash, units, marks = (
        job.execution.initial_cash,
        dict.fromkeys(panel.symbols, 0.0),
        dict.fromkeys(panel.symbols, 0.0),
    )
    waiting = [(row["ts"].value, row) for row in result.fills.to_pylist()]
    equity = []
    carry = result.equity.column("carry").to_pylist()
    for row, ts in enumerate(panel.ts):
        cash -= carry[row]
        for asset, symbol in enumerate(panel.symbols):
            cash += units[symbol] * panel.dividend[row, asset] * multiplier
            units[symbol] *= panel.split_factor[row, asset]
            marks[symbol] /= panel.split_factor[row, asset]
        while waiting and waiting[0][0] <= ts:
            _, fill = waiting.pop(0)
            cash -= fill["units"] * fill["price"] * multiplier + fill["commission"]
            units[fill["symbol"]] += fill["units"]
        for asset, symbol in enumerate(panel.symbols):
            if not np.isnan(panel.close[row, asset]):
                marks[symbol] = panel.close[row, asset]
        equity.append(cash + sum(units[symbol] * marks[symbol] for symbol in panel.symbols) * multiplier)
    return np.array(equity)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**16),
    assets=st.integers(1, 3),
    costs=st.tuples(COMMISSIONS, SLIPPAGES, st.sampled_from(CARRIES)),
    limits=LIMITS,
    knobs=KNOBS,
)
def test_a_random_spec_gives_the_same_bits_in_both_builds_and_balances(
    tmp_path: Path, seed: int, assets: int, costs: Costs, limits: Any, knobs: dict[str, Any]
) -> None:
    job = random_job(seed, assets, costs, limits, knobs)
    special = backtest(job, cache_folder=tmp_path, build=Build(is_generic=False, is_compiled=False))
    generic = backtest(job, cache_folder=tmp_path, build=Build(is_generic=True, is_compiled=False))
    for name in TABLES:
        one, other = getattr(special, name), getattr(generic, name)
        assert table_digest([one], one.schema) == table_digest([other], other.schema), name
    assert special.audit == generic.audit
    assert special.equity.column("equity").to_numpy() == pytest.approx(booked_equity(job, special), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(("seed", "slippage"), [(1, SPREAD), (4, SPREAD), (1, SHARE), (3, SHARE)])
def test_a_run_that_is_cut_short_is_the_beginning_of_the_longer_one(
    tmp_path: Path, seed: int, slippage: Plugged
) -> None:
    # what rests in the market, and what fills inside a bar, knows no later bar
    knobs = {name: values[seed % len(values)] for name, values in CHOICES.items()} | {"last_bar": "hold"}
    job = random_job(seed, 2, (MINIMUM, slippage, None), {}, knobs)
    whole = backtest(job, cache_folder=tmp_path, build=PLAIN)
    short = backtest(replace(job, panel=panel_until(job.panel, 37)), cache_folder=tmp_path, build=PLAIN)
    count = short.fills.num_rows
    assert count > 3
    assert short.fills.equals(whole.fills.slice(0, count))
    assert short.equity.equals(whole.equity.slice(0, 37))
    assert all(row["bar_ts"].value > job.panel.ts[36] for row in whole.fills.slice(count).to_pylist())


@pytest.mark.slow
def test_fixed_specs_with_every_choice_and_limit_give_the_same_bits_compiled(tmp_path: Path) -> None:
    # one generic kernel, compiled once, for three specs of the same strategy and costs: the first, second and third choice of
    # each knob, a third of the limits
    every_limit = {kind: limit(kind, **numbers) for kind, numbers in NUMBERS.items()}
    kinds = sorted(NUMBERS)
    for place, seed in enumerate((1, 2, 4)):
        knobs = {name: values[place % len(values)] for name, values in CHOICES.items()}
        limits = {kind: NUMBERS[kind] for kind in kinds[place::3]}
        job = random_job(seed, 2, (MINIMUM, SPREAD, BORROWED), limits, knobs)
        plain = backtest(job, cache_folder=tmp_path, build=PLAIN)
        compiled = backtest(job, cache_folder=tmp_path, build=Build(is_generic=True), limits=every_limit)
        assert plain.fills.num_rows > 10
        assert any(plain.equity.column("carry").to_pylist())
        assert difference(plain, compiled) == "", knobs
    assert len([*tmp_path.glob("__pycache__/*.run-*.nbi")]) == 1


@pytest.mark.slow
def test_parts_of_orders_are_the_same_bits_compiled(tmp_path: Path) -> None:
    job = random_job(3, 1, (MINIMUM, SHARE, FUNDED), {}, {"order_sequence": "symbol_order"})
    plain = backtest(job, cache_folder=tmp_path, build=PLAIN)
    assert plain.fills.num_rows > plain.orders.num_rows
    assert any(plain.equity.column("carry").to_pylist())
    assert difference(plain, backtest(job, cache_folder=tmp_path)) == ""
