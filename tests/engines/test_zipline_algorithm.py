"""A plain zipline algorithm as a strategy: its own orders, our costs, limits and tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.costs import notional_bps
from enerqis.costs.notional_bps import NotionalBpsParams
from enerqis.engines import kernel, zipline
from enerqis.engines.choosing import backtest
from enerqis.interfaces.engine import BacktestResult, Plugged
from enerqis.interfaces.strategy import StrategyParams
from tests.engines.scenes import fills, job_of, panel_of

TEN_BPS = Plugged(notional_bps, NotionalBpsParams(commission_bps=10.0))


class PlanParams(StrategyParams):
    kind: Literal["plan"] = "plan"
    units: int = 10


def algorithm(handle_data: Callable[[Any, Any], None], **functions: Any) -> Plugged:
    """A file with these functions, as a plug-in would be."""
    module = ModuleType("enerqis_plugins.strategies.plan")
    vars(module).update(handle_data=handle_data, __file__=__file__, **functions)
    return Plugged(module, PlanParams())


def buy_then_sell(context: Any, data: Any) -> None:
    from zipline.api import order, symbol

    context.bars = getattr(context, "bars", 0) + 1
    if context.bars == 1:
        order(symbol("A"), context.params.units)
    if context.bars == 3:
        order(symbol("A"), -4)


def run(folder: Path, plugged: Plugged, close: Any, panel: Any = None, **knobs: Any) -> BacktestResult:
    job = job_of(panel or panel_of(close), **knobs)
    return zipline.backtest(type(job)(**{**vars(job), "strategy": plugged}), cache_folder=folder)


def test_its_orders_fill_and_cost_as_the_spec_says(tmp_path: Path) -> None:
    result = run(tmp_path, algorithm(buy_then_sell), [10.0, 11.0, 12.0, 13.0, 14.0], commission=TEN_BPS)
    assert fills(result) == [(1, 10.0, 11.0, "decision"), (3, -4.0, 13.0, "decision")]
    assert result.fills.column("commission").to_pylist() == pytest.approx([0.11, 0.052])
    assert result.equity.column("equity").to_pylist()[-1] == pytest.approx(1000 - 110 - 0.11 + 52 - 0.052 + 6 * 14)


def test_a_limit_cuts_an_order_and_lets_a_reduction_pass(tmp_path: Path) -> None:
    def greedy(context: Any, data: Any) -> None:
        from zipline.api import order_target_percent, symbol

        context.bars = getattr(context, "bars", 0) + 1
        order_target_percent(symbol("A"), 0.9 if context.bars < 3 else 0.1)

    result = run(tmp_path, algorithm(greedy), [10.0] * 5, limits={"position": {"max_position_fraction": 0.5}})
    assert fills(result) == [(1, 50.0, 10.0, "decision"), (3, -40.0, 10.0, "decision")]
    assert [each["event"] for each in result.audit] == ["target_limited", "target_limited"]


def test_stops_of_the_risk_profile_close_its_positions(tmp_path: Path) -> None:
    panel = panel_of([10.0, 10.0, 8.0, 8.0], open=[10.0, 10.0, 10.0, 8.0], low=[10.0, 10.0, 8.0, 8.0])
    result = run(
        tmp_path,
        algorithm(buy_then_sell),
        None,
        panel,
        limits={"stop_loss": {"max_loss_fraction": 0.1}},
        allow_short=False,
    )
    assert fills(result)[:2] == [(1, 10.0, 10.0, "decision"), (2, -10.0, 9.0, "stop_loss")]
    assert result.fills.num_rows == 2  # the later sale would have opened a short position


def test_a_halt_of_the_account_closes_everything_and_refuses_what_follows(tmp_path: Path) -> None:
    def always(context: Any, data: Any) -> None:
        from zipline.api import order_target, symbol

        order_target(symbol("A"), 90)

    result = run(
        tmp_path,
        algorithm(always),
        [10.0, 10.0, 8.0, 8.0, 8.0, 8.0],
        limits={"drawdown_halt": {"max_drawdown_fraction": 0.1}},
    )
    assert [each[1:] for each in fills(result)] == [(90.0, 10.0, "decision"), (-90.0, 8.0, "drawdown_halt")]


def test_history_goes_on_over_a_split_and_shows_nothing_to_come(tmp_path: Path) -> None:
    seen: list[list[float]] = []

    def look(context: Any, data: Any) -> None:
        from zipline.api import symbol

        context.bars = getattr(context, "bars", 0) + 1
        if context.bars >= 2:
            seen.append(data.history(symbol("A"), "close", 2, "1d").tolist())
            assert data.current(symbol("A"), "close") == seen[-1][-1]

    run(tmp_path, algorithm(look), None, panel_of([10.0, 12.0, 6.5, 7.0], split=[1.0, 1.0, 2.0, 1.0]))
    assert seen == [[10.0, 12.0], [6.0, 6.5], [6.5, 7.0]]


def test_what_is_scheduled_runs_once_a_day_and_cancelled_orders_are_told(tmp_path: Path) -> None:
    def initialize(context: Any) -> None:
        from zipline.api import date_rules, schedule_function, time_rules

        context.runs = 0
        schedule_function(daily, date_rules.every_day(), time_rules.market_close())

    def daily(context: Any, data: Any) -> None:
        from zipline.api import cancel_order, order, symbol

        context.runs += 1
        name = order(symbol("A"), 5)
        if context.runs == 2:
            cancel_order(name)

    result = run(tmp_path, algorithm(lambda context, data: None, initialize=initialize), [10.0] * 4)
    assert result.orders.column("status").to_pylist() == ["filled", "cancelled", "filled", "open"]
    assert np.diff(result.orders.column("ts").to_numpy()).astype(np.int64).tolist() == [86_400_000_000_000] * 3


def test_costs_set_in_code_and_limit_orders_are_refused_by_name(tmp_path: Path) -> None:
    def costs(context: Any) -> None:
        from zipline.api import set_commission
        from zipline.finance.commission import PerTrade

        set_commission(PerTrade(1.0))

    def limited(context: Any, data: Any) -> None:
        from zipline.api import order, symbol

        order(symbol("A"), 1, limit_price=9.0)

    with pytest.raises(StageError, match="costs come from the experiment's cost group"):
        run(tmp_path, algorithm(buy_then_sell, initialize=costs), [10.0, 10.0])
    with pytest.raises(StageError, match="LimitOrder: limit and stop orders of an algorithm are not supported"):
        run(tmp_path, algorithm(limited), [10.0, 10.0])


def test_a_mistake_in_its_file_is_said_with_its_line(tmp_path: Path) -> None:
    def lost(context: Any, data: Any) -> None:
        from zipline.api import symbol

        symbol("NONE")

    line = lost.__code__.co_firstlineno + 3
    with pytest.raises(StageError, match=rf"plugins/strategies/plan.py:{line}: SymbolNotFound: .*'NONE'"):
        run(tmp_path, algorithm(lost), [10.0, 10.0])


def test_the_kernel_refuses_it_and_zipline_what_it_would_see_too_early(tmp_path: Path) -> None:
    job = job_of(panel_of([10.0, 10.0]))
    plain = type(job)(**{**vars(job), "strategy": algorithm(buy_then_sell)})
    assert kernel.refuse(plain) == ["strategy: 'plan' is a plain zipline algorithm. Write execution.engine: zipline"]
    with pytest.raises(StageError, match="plain zipline algorithm"):
        backtest(plain, cache_folder=tmp_path)
    early = algorithm(buy_then_sell, before_trading_start=buy_then_sell)
    assert "before_trading_start" in zipline.refuse(type(job)(**{**vars(job), "strategy": early}))[0]


def test_an_algorithm_may_choose_its_own_benchmark(tmp_path: Path) -> None:
    def initialize(context: Any) -> None:
        from zipline.api import set_benchmark, symbol

        set_benchmark(symbol("B"))

    panel = panel_of([[10.0, 10.0], [10.0, 12.0], [10.0, 15.0]])
    result = run(tmp_path, algorithm(lambda context, data: None, initialize=initialize), None, panel)
    returns = result.own_tables["performance"].column("benchmark_period_return").to_pylist()
    assert returns == pytest.approx([0.0, 0.2, 0.5])
