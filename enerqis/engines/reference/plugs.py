"""What fills the holes of the portable functions: the job's strategy, costs and limits, called as they stand in their files."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from enerqis.engines.book import CROSS_ACCOUNT, CROSS_BAR, CROSS_TARGET, Brake, Floats, Level
from enerqis.engines.dispatch import LATCHES, hook_of
from enerqis.engines.fields import fields_of
from enerqis.engines.log import FIRST_LIMIT, REBALANCE, STOP_LOSS, TAKE_PROFIT
from enerqis.interfaces.cost import Market
from enerqis.interfaces.engine import Job, Plugged
from enerqis.interfaces.strategy import Account, AccountArrays, Bar, BarArrays, Decision, NoState


class Limit(NamedTuple):
    """One limit that is on: its hook with its numbers, the code of its reason, how long its 0 lasts."""

    call: Callable[..., Any]
    reason: float
    latch: float


def numbers_of(plugged: Plugged) -> Any:
    """Return the named tuple of numbers that a plug-in's functions take as ``p``; an absent number is NaN."""
    names = fields_of(plugged.params).names
    values = (getattr(plugged.params, name) for name in names)
    numbers = namedtuple("numbers", names)  # type: ignore[misc]  # the fields are the plug-in's
    return numbers(*(math.nan if value is None else value for value in values))


def limits_by_hook(limits: Mapping[str, Plugged]) -> dict[str, list[Limit]]:
    """Return the limits that define each hook, in the order of their kinds."""
    found: dict[str, list[Limit]] = {}
    for place, kind in enumerate(sorted(limits)):
        plugged = limits[kind]
        hook, numbers = hook_of(plugged.module), numbers_of(plugged)
        function = getattr(plugged.module, hook)
        latch = LATCHES[getattr(plugged.module, "LATCH", "")]

        def call(*arguments: float, _function: Any = function, _numbers: Any = numbers) -> Any:
            return _function(_numbers, *arguments)

        found.setdefault(hook, []).append(Limit(call, FIRST_LIMIT + place, latch))
    return found


class Plugs:
    """The holes of one job, by the names and signatures of `enerqis.engines.hooks`.

    Parameters
    ----------
    job : Job
    assets : int
    """

    def __init__(self, job: Job, assets: int) -> None:
        self._commission, self._commission_numbers = job.commission.module, numbers_of(job.commission)
        self._slippage, self._slippage_numbers = job.slippage.module, numbers_of(job.slippage)
        self._carry: Any = job.carry.module if job.carry else None
        self._carry_numbers: Any = numbers_of(job.carry) if job.carry else None
        self._strategy, self._strategy_numbers = job.strategy.module, numbers_of(job.strategy)
        self._multiplier = job.execution.contract_multiplier
        self._limits = limits_by_hook(job.limits)
        self._states = [_state(job.strategy) for _ in range(assets)]

    def commission_of(self, k: Any, n: Any, units: float, price: float) -> float:
        """Return the commission of a fill."""
        return float(self._commission.commission(self._commission_numbers, units, price, self._multiplier))

    def commission_rate_of(self, k: Any, n: Any, price: float) -> float:
        """Return the commission per unit of notional."""
        return float(self._commission.commission_rate(self._commission_numbers, price, self._multiplier))

    def commission_minimum_of(self, k: Any, n: Any) -> float:
        """Return the least commission of one fill."""
        return float(self._commission.minimum(self._commission_numbers))

    def fill_price_of(self, k: Any, n: Any, price: float, side: float, units: float, market: Market) -> float:
        """Return the raw price paid for `units` when the market shows `price`."""
        return float(self._slippage.fill_price(self._slippage_numbers, price, side, units, market))

    def fillable_of(self, k: Any, n: Any, units: float, market: Market) -> float:
        """Return how much of `units` one bar takes."""
        if not hasattr(self._slippage, "fillable"):
            return units
        return float(self._slippage.fillable(self._slippage_numbers, units, market))

    def holding_cost_of(self, k: Any, n: Any, notional: float, days: float, settlements: float) -> float:
        """Return what holding a position costs."""
        if self._carry is None:
            return 0.0
        return float(self._carry.holding_cost(self._carry_numbers, notional, days, settlements))

    def cash_cost_of(self, k: Any, n: Any, cash: float, days: float) -> float:
        """Return what the account's cash costs."""
        return float(self._carry.cash_cost(self._carry_numbers, cash, days)) if self._carry is not None else 0.0

    def bounded_target(self, k: Any, n: Any, target: float) -> float:
        """Return `target` within the limits on one asset."""
        for limit in self._limits.get("limit_target", ()):
            target = limit.call(target)
        return target

    def book_scale(self, k: Any, n: Any, gross: float, net: float) -> float:
        """Return the least factor of the limits on decided exposures; a limit on held ones bounds those too."""
        limits = (*self._limits.get("limit_scale", ()), *self._limits.get("limit_held", ()))
        return min((1.0, *(float(limit.call(gross, net)) for limit in limits)))

    def held_scale(self, k: Any, n: Any, gross: float, net: float) -> Level:
        """Return the least factor of the limits on held exposures, and its limit."""
        found = [Level(float(limit.call(gross, net)), limit.reason) for limit in self._limits.get("limit_held", ())]
        return min((Level(1.0, REBALANCE), *found), key=lambda level: level.price)

    def stop_level(self, k: Any, n: Any, side: float, entry_price: float, best_price: float) -> Level:
        """Return the tightest stop of the limits: the highest of a long, the lowest of a short."""
        limits = self._limits.get("stop_price", ())
        found = [Level(float(limit.call(side, entry_price, best_price)), limit.reason) for limit in limits]
        real = [level for level in found if not math.isnan(level.price)]
        return max(real, key=lambda level: level.price * side) if real else Level(math.nan, STOP_LOSS)

    def profit_level(self, k: Any, n: Any, side: float, entry_price: float) -> Level:
        """Return the nearest profit price of the limits."""
        found = [
            Level(float(limit.call(side, entry_price)), limit.reason) for limit in self._limits.get("profit_price", ())
        ]
        real = [level for level in found if not math.isnan(level.price)]
        return min(real, key=lambda level: level.price * side) if real else Level(math.nan, TAKE_PROFIT)

    def exit_reason(self, k: Any, n: Any, bars_held: float) -> float:
        """Return the first limit that closes the position for its age; -1 = none."""
        return next((limit.reason for limit in self._limits.get("exit_bar", ()) if limit.call(bars_held)), -1.0)

    def equity_brake(self, k: Any, n: Any, equity: float, peak_equity: float, session_equity: float) -> Brake:
        """Return the least factor of the limits on equity; only a 0 latches."""
        brake = Brake(1.0, REBALANCE, 0.0)
        for limit in self._limits.get("limit_equity", ()):
            factor = float(limit.call(equity, peak_equity, session_equity))
            if factor < brake.factor:
                brake = Brake(factor, limit.reason, limit.latch if factor == 0.0 else 0.0)
        return brake

    def strategy_state(self, memory: Any, places: Any, a: int) -> Any:
        """Return the strategy's state for asset `a`."""
        return self._states[a]

    def decide(self, k: Any, n: Any, state: Any, bar: Bar, columns: Any, i: int, a: int, account: Account) -> Decision:
        """Return the strategy's decision for one asset; `columns` are the indicator values of the bar, by asset."""
        decision: Decision = self._strategy.on_bar(self._strategy_numbers, state, bar, columns.of_asset(a), account)
        return decision

    def decide_all(self, k: Any, n: Any, state: Any, cross: Floats, columns: Any, i: int) -> None:
        """Let the strategy write the targets of all assets into the scratch array."""
        bars = BarArrays(*cross[CROSS_BAR : CROSS_BAR + 5])
        accounts = AccountArrays(*cross[CROSS_ACCOUNT : CROSS_ACCOUNT + 4])
        targets = np.full(cross.shape[1], math.nan)
        self._strategy.on_bar(self._strategy_numbers, state, bars, columns.across(), accounts, targets)
        cross[CROSS_TARGET] = targets

    def holes(self) -> dict[str, Callable[..., Any]]:
        """Return what fills each hole, by its name."""
        names = (name for name in vars(Plugs) if not name.startswith("_") and name != "holes")
        return {name: getattr(self, name) for name in names}


def _state(strategy: Plugged) -> Any:
    """Return the strategy's state before the first bar."""
    module = strategy.module
    return module.initial_state(strategy.params) if hasattr(module, "initial_state") else NoState()
