"""A strategy stepped bar by bar in plain Python, with an account just real enough to answer it: no costs, no limits."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from enerqis.interfaces.indicator import BAR_FIELDS, IndicatorCall
from enerqis.interfaces.strategy import Account, AccountArrays, Bar, BarArrays, NoState, StrategyParams
from enerqis.laws.streaming import Columns, Floats, Modules, indicator_series

EQUITY = 10_000.0


class Step(NamedTuple):
    """What one asset looks like at one bar: the bar and its indicators, as the strategy gets them."""

    bar: tuple[float, ...]
    ind: Mapping[str, Any]


def decisions(module: ModuleType, params: StrategyParams, assets: tuple[Columns, ...], modules: Modules) -> Floats:
    """Return what a strategy decides at each bar of each asset.

    Parameters
    ----------
    module : module of the strategy's kind
    params : StrategyParams
    assets : tuple of mapping of source to ndarray of shape (n_bars,)
    modules : callable from the kind of an indicator to its module

    Returns
    -------
    ndarray of shape (n_bars, n_assets, 5)
        The fields of Decision; a cross-sectional strategy fills the first.
    """
    calls: dict[str, IndicatorCall] = module.indicators(params)
    steps = [_steps(columns, calls, modules) for columns in assets]
    p = numbers(params)
    if getattr(module, "SHAPE", "per_asset") == "cross_sectional":
        return _cross_sectional(module, params, p, steps)
    return np.stack([_per_asset(module, params, p, each) for each in steps], axis=1)


def numbers(params: StrategyParams) -> SimpleNamespace:
    """Return the numeric and boolean fields of `params`: all that ``on_bar`` may see of them."""
    fields = {name: value for name, value in params if isinstance(value, bool | int | float)}
    return SimpleNamespace(**fields)


def initial_state(module: ModuleType, params: StrategyParams) -> Any:
    """Return the state before the first bar."""
    return module.initial_state(params) if hasattr(module, "initial_state") else NoState()


def _steps(columns: Columns, calls: Mapping[str, IndicatorCall], modules: Modules) -> list[Step]:
    """Return the bars with their indicators, in the order of time."""
    series = {name: indicator_series(modules(call.kind), call, columns) for name, call in calls.items()}
    bars = zip(*(columns[name].tolist() for name in BAR_FIELDS), strict=True)
    return [Step(bar, {name: values[place] for name, values in series.items()}) for place, bar in enumerate(bars)]


def _per_asset(module: ModuleType, params: StrategyParams, p: SimpleNamespace, steps: list[Step]) -> Floats:
    state, account = initial_state(module, params), Account(0.0, 0.0, 0.0, EQUITY)
    standing, decided = 0.0, []
    for step in steps:
        account = _filled(account, standing, step.bar[0])
        decision = module.on_bar(p, state, Bar(*step.bar), SimpleNamespace(**step.ind), account)
        standing = standing if math.isnan(decision.target) else decision.target
        decided.append(tuple(decision))
    return np.array(decided, dtype=np.float64)


def _filled(account: Account, target: float, price: float) -> Account:
    """Return the account after the standing target was traded at a bar's open; units change with the target only."""
    side = math.copysign(1.0, target) if target else 0.0
    held = math.copysign(1.0, account.units) if account.units else 0.0
    if side == held:
        return account._replace(bars_held=account.bars_held + 1.0 if held else 0.0)
    if side == 0.0:
        return Account(0.0, 0.0, 0.0, EQUITY)
    return Account(target * EQUITY / price, price, 1.0, EQUITY)


def _cross_sectional(
    module: ModuleType, params: StrategyParams, p: SimpleNamespace, assets: list[list[Step]]
) -> Floats:
    state, count = initial_state(module, params), len(assets)
    account = AccountArrays(np.zeros(count), np.zeros(count), np.zeros(count), np.full(count, EQUITY))
    decided = np.full((len(assets[0]), count, 5), np.nan)
    for place, steps in enumerate(zip(*assets, strict=True)):
        bar = BarArrays(*(np.array(values) for values in zip(*(step.bar for step in steps), strict=True)))
        ind = SimpleNamespace(**{name: _across([step.ind[name] for step in steps]) for name in steps[0].ind})
        targets = np.full(count, np.nan)
        module.on_bar(p, state, bar, ind, account, targets)
        decided[place, :, 0] = targets
    return decided


def _across(values: list[Any]) -> Any:
    """Return the values of one indicator as an array over assets, or as a named tuple of such arrays."""
    kind = type(values[0])
    if inspect.isclass(kind) and hasattr(kind, "_fields"):
        return kind(*(np.array(each) for each in zip(*values, strict=True)))
    return np.array(values)
