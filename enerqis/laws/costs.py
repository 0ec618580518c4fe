"""Laws of costs and limits: documented, Params that survive JSON, and no cost that helps the trader."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

from enerqis.interfaces.cost import CarryParams, CommissionParams, Market, SlippageParams, misfits, needed
from enerqis.interfaces.risk import LimitParams
from enerqis.io.plugins import load, params_class
from enerqis.laws.documented import undocumented
from enerqis.laws.kinds import Subject, has_defaults
from enerqis.laws.round_trip import does_not_return
from enerqis.spec.base import Spec

BASES: tuple[type[Spec], ...] = (CommissionParams, SlippageParams, CarryParams, LimitParams)


def documented(subject: Subject) -> list[str]:
    """The module, its Params, each field and each function say what they are."""
    return undocumented(subject.kind, params_of(subject))


def round_trips(subject: Subject) -> list[str]:
    """Params survive JSON."""
    params = params_of(subject)
    if params is None:
        return [f"no class derives from {' or '.join(base.__name__ for base in BASES)}"]
    wrong = does_not_return(params()) if has_defaults(params) else ""
    return [wrong] if wrong else []


def is_called_right(subject: Subject) -> list[str]:
    """A cost kind has the functions that engines call, with their arguments."""
    return misfits(load(subject.kind), sort_of(subject))


def never_helps(subject: Subject) -> list[str]:
    """No fill beats the market's price or gets better with size, no bar takes more than is asked; no commission is negative or
    beyond what is kept; carry is in proportion.
    """
    params, module = params_of(subject), load(subject.kind)
    if params is None or not has_defaults(params) or is_called_right(subject):
        return []
    p = SimpleNamespace(**{name: math.nan if value is None else value for name, value in params()})
    if sort_of(subject) == "slippage":
        known = needed(module, params())
        return list(dict.fromkeys([*_helping_fills(module, p, known), *_impossible_parts(module, p, known)]))
    unfair = _unfair_carry if sort_of(subject) == "carry" else _helping_commissions
    return list(dict.fromkeys(unfair(module, p)))


PRICES = (0.5, 37.25, 4000.0, -0.5, -37.63)
SIZES = (0.0, 0.5, 10.0, 1000.0, 1e7)
MARKETS = tuple(
    Market(*each) for each in itertools.product((math.nan, 0.0, 1000.0), (math.nan, 0.0, 0.02), (math.nan, 0.0, 0.03))
)
"""What cost kinds are tried with: prices, two below zero among them, units, bars that lack volume, spread, volatility."""

NOISE = 1e-12
"""Relative difference that float arithmetic leaves."""


def _helping_fills(module: ModuleType, p: SimpleNamespace, known: tuple[str, ...]) -> Iterator[str]:
    markets = [each for each in MARKETS if not any(math.isnan(getattr(each, name)) for name in known)]
    for price, side, market in itertools.product(PRICES, (1.0, -1.0), markets):
        paid = [module.fill_price(p, price, side, units, market) for units in SIZES]
        noise = NOISE * math.fabs(price)
        if not all(map(math.isfinite, paid)) or (price > 0.0 and min(paid) <= 0.0):
            yield f"fill_price is no price at {market}"
        elif any((each - price) * side < -noise for each in paid):
            yield "fill_price is better than the market's price"
        elif any((after - before) * side < -noise for before, after in itertools.pairwise(paid)):
            yield "fill_price gets better with size"


def _impossible_parts(module: ModuleType, p: SimpleNamespace, known: tuple[str, ...]) -> Iterator[str]:
    markets = [each for each in MARKETS if not any(math.isnan(getattr(each, name)) for name in known)]
    for market in markets if hasattr(module, "fillable") else ():
        taken = [module.fillable(p, units, market) for units in SIZES]
        if not all(0.0 <= part <= units for part, units in zip(taken, SIZES, strict=True)):
            yield "fillable is more than what is asked, or less than nothing"
        elif any(after < before for before, after in itertools.pairwise(taken)):
            yield "fillable is less where more is asked"
        elif any(module.fillable(p, part, market) != part for part in taken):
            yield "fillable takes a part of what it would take"


def _helping_commissions(module: ModuleType, p: SimpleNamespace) -> Iterator[str]:
    for price, units, multiplier in itertools.product(PRICES, SIZES, (1.0, 50.0)):
        amount = module.commission(p, units, price, multiplier)
        rate = module.commission_rate(p, price, multiplier)
        if amount < 0.0 or rate < 0.0 or module.minimum(p) < 0.0:
            yield "a commission is negative"
        elif amount > max(module.minimum(p), rate * units * math.fabs(price) * multiplier) * (1.0 + NOISE):
            yield "commission exceeds minimum and commission_rate times notional, which sizing keeps back"
        elif amount < module.commission(p, units, math.fabs(price), multiplier) * (1.0 - NOISE):
            yield "a commission is less where the price is below zero"


def _unfair_carry(module: ModuleType, p: SimpleNamespace) -> Iterator[str]:
    for amount, days, settlements in itertools.product((1000.0, -1000.0), (0.0, 0.25, 3.0), (0.0, 2.0)):
        held = [module.holding_cost(p, times * amount, days, settlements) for times in (0.0, 1.0, 2.0)]
        cash = [module.cash_cost(p, times * amount, days) for times in (0.0, 1.0, 2.0)]
        for name, found in (("holding_cost", held), ("cash_cost", cash)):
            if found[0] != 0.0 or not abs(found[2] - 2.0 * found[1]) <= NOISE * abs(found[1]):
                yield f"{name} is not in proportion to what is held"
        if days == 0.0 and (cash[1] != 0.0 or (settlements == 0.0 and held[1] != 0.0)):
            yield "carry is charged for no time"


def sort_of(subject: Subject) -> str:
    """Return which sort of cost the kind is."""
    if params_class(subject.kind, SlippageParams):
        return "slippage"
    return "carry" if params_class(subject.kind, CarryParams) else "commission"


def params_of(subject: Subject) -> type[Spec] | None:
    """Return the Params class of a cost or limit kind; None where it has none."""
    return next((found for base in BASES if (found := params_class(subject.kind, base))), None)
