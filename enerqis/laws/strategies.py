"""Laws of strategies: no look at the future, the same again, what is declared exists, decisions are numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import cast

import numpy as np

from enerqis.interfaces.indicator import BAR_FIELDS, IndicatorCall, contradiction
from enerqis.interfaces.strategy import Decision, StrategyParams
from enerqis.io.plugins import load, params_class
from enerqis.laws.ahead import Market, looks_ahead
from enerqis.laws.documented import undocumented
from enerqis.laws.indicators import same_bits
from enerqis.laws.kinds import Subject, examples, indicator_module
from enerqis.laws.market import market, with_another_future
from enerqis.laws.round_trip import does_not_return
from enerqis.laws.streaming import Columns, Floats, declaration_params
from enerqis.laws.trading import decisions

N_ASSETS = 3
AFTER_WARMUP = 200
TAIL = 60
"""Bars of the future that are cut or changed."""


def documented(subject: Subject) -> list[str]:
    """The module, its Params, each field and each function say what they are."""
    return undocumented(subject.kind, params_class(subject.kind, StrategyParams))


def round_trips(subject: Subject) -> list[str]:
    """Params survive JSON."""
    return [wrong for params in _examples(subject) if (wrong := does_not_return(params))]


def declares_what_exists(subject: Subject) -> list[str]:
    """Every series is an indicator that exists, with the numbers it takes; named fields of ``ind`` are those declared."""
    found = []
    for params in _examples(subject):
        calls = _calls(subject, params)
        for name, call in calls.items():
            wrong = contradiction(indicator_module(call.kind, subject.plugins), call)
            found += [f"indicator '{name}': {wrong}"] if wrong else []
        found += [
            f"{name} names the fields {fields}, indicators() declares {tuple(calls)}"
            for name, fields in _named_fields(subject)
            if set(fields) != set(calls)
        ]
    return list(dict.fromkeys(found))


def deterministic(subject: Subject) -> list[str]:
    """The same bars give the same decisions, whatever was computed between."""
    for params in _examples(subject):
        assets = _assets(subject, params)
        first = _decide(subject, params, assets)
        _decide(subject, params, tuple(with_another_future(each, 0, seed=5) for each in assets))
        if not same_bits(_decide(subject, params, assets), first):
            return ["it is not deterministic: the same bars gave other decisions the second time"]
    return []


def no_look_ahead(subject: Subject) -> list[str]:
    """Change the future, or cut it off: what was decided before must not move."""
    for params in _examples(subject):
        assets = _assets(subject, params)
        cut = len(assets[0]["close"]) - TAIL

        def produce(other: Market, params: StrategyParams = params) -> dict[str, Floats]:
            decided = _decide(subject, params, tuple(other))
            return {f"the decision's {name}": decided[:, :, field] for field, name in enumerate(Decision._fields)}

        if found := looks_ahead(produce, assets, cut, where=subject.kind.shown, has_holes=False):
            return found
    return []


def decides_in_numbers(subject: Subject) -> list[str]:
    """No decision is infinite, and there is one."""
    for params in _examples(subject):
        found = _decide(subject, params, _assets(subject, params))
        if np.isinf(found).any():
            return ["a decision is infinite"]
        if np.isnan(found[:, :, 0]).all():
            return [f"it never decides anything in {len(found)} bars"]
    return []


def _examples(subject: Subject) -> list[StrategyParams]:
    return cast("list[StrategyParams]", examples(subject, StrategyParams))


def _calls(subject: Subject, params: StrategyParams) -> dict[str, IndicatorCall]:
    calls: dict[str, IndicatorCall] = load(subject.kind).indicators(params)
    return calls


def _named_fields(subject: Subject) -> Iterator[tuple[str, tuple[str, ...]]]:
    module = load(subject.kind)
    for name, each in vars(module).items():
        if name.endswith("Indicators") and hasattr(each, "_fields") and each.__module__ == module.__name__:
            yield name, each._fields


def _assets(subject: Subject, params: StrategyParams) -> tuple[Columns, ...]:
    """Return markets long enough for the indicators to warm up, with the feature columns that are read."""
    calls = _calls(subject, params).values()
    warmups = [0]
    for call in calls:
        module = indicator_module(call.kind, subject.plugins)
        warmups.append(module.warmup_bars(declaration_params(module, call)))
    columns = tuple(dict.fromkeys(each for call in calls for each in call.inputs if each not in BAR_FIELDS))
    n_bars = max(warmups) + AFTER_WARMUP + TAIL
    return tuple(market(n_bars, seed=11 + asset, sources=columns) for asset in range(N_ASSETS))


def _decide(subject: Subject, params: StrategyParams, assets: tuple[Columns, ...]) -> Floats:
    modules = partial(indicator_module, plugins=subject.plugins)
    return decisions(load(subject.kind), params, assets, modules)


LAWS = (documented, round_trips, declares_what_exists, deterministic, no_look_ahead, decides_in_numbers)
