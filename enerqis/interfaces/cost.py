"""The cost interface: what trading and holding cost, as portable functions.

A commission kind is one file with ``class XParams(CommissionParams)`` and
``commission(p, units, price, multiplier) -> float``: the amount paid for a fill of `units` (absolute, raw) at raw `price`;
``commission_rate(p, price, multiplier) -> float``: the part that grows with size, per unit of notional;
``minimum(p) -> float``: the least amount of one fill. Sizing keeps both back: the commission never exceeds the greater of
`minimum` and `commission_rate` times notional, the absolute one where a price is below zero.

A slippage kind is one file with ``class XParams(SlippageParams)`` and
``fill_price(p, price, side, units, market) -> float``: the raw price paid for `units` (absolute, raw) when the market shows
`price`; `side` is 1.0 for a buy and -1.0 for a sell, `market` is the `Market` of the bar that fills. Sizing asks with the
most units that an order can come to, so the price must not get better with `units`. `price` may be below zero, as oil's was:
a buy pays no less then either, ``price * (1 + side * loss)`` would. A kind that reads ``market.volatility``
has an integer parameter ``volatility_bars``, the window of it. One that cannot do without a field of the market defines
``needs(params) -> tuple[str, ...]``, the names of those fields; data that lack them are refused. One that lets a bar take no
more than a part of an order defines ``fillable(p, units, market) -> float``: how much of `units`, all that is asked of the bar,
it takes; what it does not take waits for the next bar. Without it a bar takes all. One with a stand-in for what a bar may lack
defines ``is_stand_in(p, market) -> bool``: whether a fill in such a market pays it. Runs count and tell these fills; it is no
part of a kernel.

A carry kind is one file with ``class XParams(CarryParams)`` and
``holding_cost(p, notional, days, settlements) -> float``: what holding a position costs for `days` days of 24 hours, in which
funding was settled `settlements` times; below 0 = received. `notional` has the position's sign, whatever the price's.
``cash_cost(p, cash, days) -> float``: what the account's cash costs for `days`; cash below 0 is debt.
A kind that settles has a parameter ``settlement_hours_utc``, a tuple of whole hours, at which each day has a settlement.

A kind of any sort declares ``LOOSER: Looser``, which direction of a parameter makes trading cheaper and so flatters a result;
a parameter that flatters one position and not another (a rate that longs pay to shorts) is left out. A kind that charges
nothing at all says ``IS_FREE = True``. Reviews say by both what a change of costs does; neither is part of a kernel.

``p`` is a named tuple of the numeric fields. Law: no commission or slippage is negative, a worse fill never helps the trader,
a bar takes no less where more is asked and never more than that, and carry is in proportion to what is held: nothing for
nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import ModuleType
from typing import Literal, NamedTuple

from enerqis.spec.base import Spec

Looser = dict[str, Literal["up", "down"]]
"""For each parameter the direction that makes trading, or holding, cheaper."""


class Market(NamedTuple):
    """The bar that fills an order; of an asset without a bar (it is closed as delisted) its last one.

    Parameters
    ----------
    volume : float
        Raw units traded in the bar; NaN where the data have none.
    spread : float
        Distance between bid and ask, quote currency; NaN where the data have none.
    volatility : float
        Standard deviation of the log returns per bar over the last ``volatility_bars`` bars before this one, of those there
        are; NaN before there are two, and for a kind without that parameter.
    """

    volume: float
    spread: float
    volatility: float


FUNCTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "commission": {
        "commission": ("p", "units", "price", "multiplier"),
        "commission_rate": ("p", "price", "multiplier"),
        "minimum": ("p",),
    },
    "slippage": {"fill_price": ("p", "price", "side", "units", "market")},
    "carry": {"holding_cost": ("p", "notional", "days", "settlements"), "cash_cost": ("p", "cash", "days")},
}
"""What a cost kind of each sort is made of: its functions and what they take."""

OPTIONAL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "commission": {},
    "slippage": {"fillable": ("p", "units", "market")},
    "carry": {},
}
"""Functions that a kind may have besides."""


def needed(module: ModuleType, params: Spec) -> tuple[str, ...]:
    """Return the fields of `Market` that a slippage cannot do without."""
    names: tuple[str, ...] = module.needs(params) if hasattr(module, "needs") else ()
    return names


def misfits(module: ModuleType, sort: str) -> list[str]:
    """Return one sentence for each function of a cost kind that is missing, or takes other arguments than engines give it.

    Parameters
    ----------
    module : module of the kind
    sort : str
        ``commission``, ``slippage`` or ``carry``.
    """
    kind, found = module.__name__.rpartition(".")[2], []
    for name, wanted in {**FUNCTIONS[sort], **OPTIONAL[sort]}.items():
        function = getattr(module, name, None)
        if function is None and name in OPTIONAL[sort]:
            continue
        if function is None:
            found.append(f"'{kind}' has no function {name}. Write {name}({', '.join(wanted)})")
            continue
        taken = _taken(function)
        if taken != wanted:
            found.append(f"'{kind}': {name} takes ({', '.join(taken)}). Write {name}({', '.join(wanted)})")
    return found


@lru_cache(maxsize=256)
def _taken(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the names of a function's arguments."""
    return tuple(inspect.signature(function).parameters)


class CommissionParams(Spec):
    """Base of every commission's Params; subclasses add the literal ``kind``."""


class SlippageParams(Spec):
    """Base of every slippage's Params; subclasses add the literal ``kind``."""


class CarryParams(Spec):
    """Base of every carry's Params; subclasses add the literal ``kind``."""
