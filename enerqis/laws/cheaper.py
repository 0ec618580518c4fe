"""The law of what a cost kind declares of itself: its parameters make it cheaper the way it says, and a free one is free."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

from enerqis.interfaces.cost import needed
from enerqis.io.plugins import load
from enerqis.laws.costs import MARKETS, NOISE, PRICES, SIZES, is_called_right, params_of, sort_of
from enerqis.laws.kinds import Subject, has_defaults
from enerqis.spec.base import Spec


def is_as_declared(subject: Subject) -> list[str]:
    """What `LOOSER` and `IS_FREE` say of the costs is what they charge."""
    params, module = params_of(subject), load(subject.kind)
    if params is None or not has_defaults(params) or is_called_right(subject):
        return []
    return list(_false_words(module, params(), sort_of(subject)))


def _false_words(module: ModuleType, params: Spec, sort: str) -> Iterator[str]:
    numbers = {name: math.nan if value is None else value for name, value in params}
    if getattr(module, "IS_FREE", False) and any(_charges(module, params, numbers, sort)):
        yield "it says IS_FREE and charges something"
    for name, way in getattr(module, "LOOSER", {}).items():
        if name not in numbers:
            yield f"LOOSER names '{name}', which is no parameter"
            continue
        here = numbers[name] if numbers[name] > 0.0 else 1.0
        low, high = (list(_charges(module, params, numbers | {name: value}, sort)) for value in (here, 2.0 * here))
        cheap, dear = (high, low) if way == "up" else (low, high)
        if any(one > other + NOISE * abs(other) for one, other in zip(cheap, dear, strict=True)):
            yield f"LOOSER says that '{name}' is cheaper {way}wards, and somewhere it charges more"


def _charges(module: ModuleType, params: Spec, numbers: dict[str, object], sort: str) -> Iterator[float]:
    """Yield what a kind charges over a grid of fills, or of positions and cash; NaN where it needs what a bar lacks."""
    p = SimpleNamespace(**numbers)
    if sort == "commission":
        for price, units, multiplier in itertools.product(PRICES, SIZES, (1.0, 50.0)):
            yield module.commission(p, units, price, multiplier)
    elif sort == "slippage":
        missing = needed(module, params)
        for market in (each for each in MARKETS if not any(math.isnan(getattr(each, name)) for name in missing)):
            for price, side, units in itertools.product(PRICES, (1.0, -1.0), SIZES):
                yield (module.fill_price(p, price, side, units, market) - price) * side
    else:
        for amount, days, settlements in itertools.product((1000.0, -1000.0), (0.25, 3.0), (0.0, 2.0)):
            yield module.holding_cost(p, amount, days, settlements)
            yield module.cash_cost(p, amount, days)
