"""Random data with gaps, random decisions, random knobs, costs and limits: kernel and zipline agree to the last bit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from enerqis.costs import notional_bps, per_unit, spread_bps
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.costs.per_unit import PerUnitParams
from enerqis.costs.spread_bps import SpreadBpsParams
from enerqis.engines import kernel, zipline
from enerqis.interfaces.engine import Job, Plugged
from tests.engines.agreement import difference
from tests.engines.scenes import EXACT, FREE, PLAIN
from tests.engines.test_random_specs import random_job

KNOBS: dict[str, list[Any]] = {
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
    "latency_bars": [0, 1, 2],
    "allow_short": [True, False],
    "initial_margin_fraction": [1.0, 0.5],
    "last_bar": ["hold", "close"],
}
LIMITS: dict[str, dict[str, float]] = {
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
COMMISSIONS = [
    FREE,
    Plugged(notional_bps, NotionalBpsParams(commission_bps=10.0, min_commission=0.5)),
    Plugged(per_unit, PerUnitParams(commission_per_unit=0.01, min_commission=1.0)),
]
SLIPPAGES = [EXACT, Plugged(spread_bps, SpreadBpsParams(half_spread_bps=2.0, slippage_bps=3.0))]


def job_by_chance(seed: int, **fixed: Any) -> Job:
    """A job whose knobs, costs, limits and data all come from `seed`."""
    choose = random.Random(seed)
    knobs = {name: choose.choice(values) for name, values in KNOBS.items()}
    limits = {kind: numbers for kind, numbers in LIMITS.items() if choose.random() < 0.3}
    costs = (choose.choice(COMMISSIONS), choose.choice(SLIPPAGES))
    return random_job(seed, choose.randint(1, 3), costs, limits, {**knobs, **fixed})


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 20, 5))
def test_a_random_spec_gives_the_same_bits_in_kernel_and_zipline(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 5):
        job = job_by_chance(seed)
        found = difference(
            kernel.backtest(job, cache_folder=tmp_path, build=PLAIN), zipline.backtest(job, cache_folder=tmp_path)
        )
        assert found == "", f"seed {seed}: {job.execution}"


def test_a_contract_worth_several_units_agrees_within_the_noise_of_floats(tmp_path: Path) -> None:
    job = job_by_chance(3, contract_multiplier=5.0, lot_step=1.0)
    one = kernel.backtest(job, cache_folder=tmp_path, build=PLAIN)
    other = zipline.backtest(job, cache_folder=tmp_path)
    assert one.fills.column("units").to_pylist() == other.fills.column("units").to_pylist()
    for name in ("equity", "cash"):
        expected = pytest.approx(one.equity.column(name).to_numpy(), rel=1e-9)
        assert other.equity.column(name).to_numpy() == expected
