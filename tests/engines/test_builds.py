"""Every shipped strategy, and one that remembers, through every build of the kernel: the same bits."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tests.engines.counting as counting
from enerqis.engines.kernel import backtest
from enerqis.engines.planning import Build
from enerqis.interfaces.engine import BacktestResult, Job, Panel, Plugged
from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.hashing import table_digest
from enerqis.io.plugins import params_class, scan
from enerqis.spec.execution import Execution
from tests.engines.scenes import EXACT, FREE, PLAIN, fills, panel_of

STRATEGIES = sorted(scan("strategies", None))
TABLES = ("orders", "fills", "equity", "positions", "targets")


def swings(strategy: str) -> Panel:
    """Two hundred bars that rise and fall, of three assets for a cross-section."""
    random = np.random.default_rng(11)
    shape = (200, 3 if strategy == "cross_sectional_momentum" else 1)
    waves = np.sin(np.arange(200)[:, None] / np.array([9.0, 13.0, 17.0])[: shape[1]])
    close = np.round(50 + 8 * waves + np.cumsum(random.normal(0, 0.3, shape), axis=0), 2)
    panel = panel_of(close, high=close + 0.4, low=close - 0.4)
    energy = {
        name: np.abs(random.normal(0, 1, shape)) ** 3 for name in ("kinetic", "potential", "total", "displacement")
    }
    return replace(panel, features={f"market_energy.{name}": column for name, column in energy.items()})


def shipped(strategy: str) -> Job:
    module = importlib.import_module(f"enerqis.strategies.{strategy}")
    params = params_class(scan("strategies", None)[strategy], StrategyParams)
    assert params is not None
    short = {"lookback_bars": 20, "skip_bars": 2, "rebalance_bars": 5, "fast_bars": 4, "slow_bars": 12}
    known = {name: value for name, value in short.items() if name in params.model_fields}
    return Job(swings(strategy), Plugged(module, params(**known)), FREE, EXACT, {}, Execution(lot_step=0.0), 0)


def assert_same(one: BacktestResult, other: BacktestResult) -> None:
    for name in TABLES:
        first, second = getattr(one, name), getattr(other, name)
        assert table_digest([first], first.schema) == table_digest([second], second.schema), name
    assert one.audit == other.audit


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_generic_build_gives_the_same_bits(kernels: Path, strategy: str) -> None:
    job = shipped(strategy)
    plain = backtest(job, cache_folder=kernels, build=PLAIN)
    assert plain.fills.num_rows > 0
    assert_same(plain, backtest(job, cache_folder=kernels, build=Build(is_generic=True, is_compiled=False)))


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_compiled_build_gives_the_same_bits(kernels: Path, strategy: str) -> None:
    job = shipped(strategy)
    assert_same(backtest(job, cache_folder=kernels, build=PLAIN), backtest(job, cache_folder=kernels))


@pytest.mark.slow
@pytest.mark.parametrize("build", [PLAIN, Build()])
def test_a_strategy_remembers_from_bar_to_bar(kernels: Path, build: Build) -> None:
    # targets after bars 3, 6 and 9: a half, nothing, a half; filled at the next open
    job = Job(panel_of([10.0] * 11), Plugged(counting, counting.CountingParams()), FREE, EXACT, {}, Execution(), 0)
    result = backtest(replace(job, execution=Execution(initial_cash=1000.0)), cache_folder=kernels, build=build)
    assert fills(result) == [
        (3, 50.0, 10.0, "decision"),
        (6, -50.0, 10.0, "decision"),
        (9, 50.0, 10.0, "decision"),
    ]


def test_each_asset_has_a_memory_of_its_own(kernels: Path) -> None:
    # B has no second bar, so that it counts to three one bar later
    close = [[10.0, 10.0], [10.0, np.nan], *[[10.0, 10.0]] * 4]
    job = Job(panel_of(close), Plugged(counting, counting.CountingParams()), FREE, EXACT, {}, Execution(), 0)
    result = backtest(replace(job, execution=Execution(initial_cash=1000.0)), cache_folder=kernels, build=PLAIN)
    assert [(row["symbol"], row["ts"].value // 86_400_000_000_000) for row in result.fills.to_pylist()] == [
        ("A", 3),
        ("B", 4),
    ]
