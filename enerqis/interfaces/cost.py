"""The cost interface: what trading costs, as portable functions.

A commission kind is one file with ``class XParams(CommissionParams)`` and
``commission(p, units, price, multiplier) -> float``: the amount paid for a fill of `units` (absolute, raw) at raw `price`,
plus ``commission_rate(p, price, multiplier) -> float``: the greatest cost per unit of notional, that sizing keeps back.

A slippage kind is one file with ``class XParams(SlippageParams)`` and ``fill_price(p, price, side) -> float``: the raw price
paid when the market shows `price`; `side` is 1.0 for a buy and -1.0 for a sell.

``p`` is a named tuple of the numeric fields. Law: no cost is negative, and a worse fill never helps the trader.
"""

from __future__ import annotations

from enerqis.spec.base import Spec


class CommissionParams(Spec):
    """Base of every commission's Params; subclasses add the literal ``kind``."""


class SlippageParams(Spec):
    """Base of every slippage's Params; subclasses add the literal ``kind``."""
