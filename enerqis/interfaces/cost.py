"""The cost interface: what trading costs, as portable functions.

A commission kind is one file with ``class XParams(CommissionParams)`` and
``commission(p, units, price, multiplier) -> float``: the amount paid for a fill of `units` (absolute, raw) at raw `price`;
``commission_rate(p, price, multiplier) -> float``: the part that grows with size, per unit of notional;
``minimum(p) -> float``: the least amount of one fill. Sizing keeps both back: the commission never exceeds the greater of
`minimum` and `commission_rate` times notional.

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
