"""From a target exposure to units: costs kept back, lots, cash and margin. Portable functions of the kernel's loop."""

from __future__ import annotations

import math

from enerqis.engines.book import Row
from enerqis.engines.hooks import Numbers, commission_minimum_of, commission_rate_of, fill_price_of, fillable_of
from enerqis.engines.structure import Structure
from enerqis.interfaces.cost import Market

WHOLE = 1e-9
"""Slack with which a count of lots is taken for whole, and a cost for payable: above the noise of floats, below a cent."""


NEAR_ZERO = 1e-9
"""Price at which a commission's rate is asked where the price is zero: a rate of no notional is not defined."""


def exposed(notional: float, equity: float) -> float:
    """Return `notional` as a fraction of equity; 0 where no equity is left."""
    return notional / equity if equity > 0.0 else 0.0


def cost_per_unit(k: Structure, n: Numbers, price: float, side: float, size: float, market: Market) -> float:
    """Return slippage plus commission of one unit of a trade of `size`, the commission's minimum apart.

    With a slippage that grows with size this bounds the cost per unit of every smaller trade. Commission: of absolute notional.
    """
    paid = fill_price_of(k, n, price, side, size, market)
    rated = math.fabs(paid) if paid != 0.0 else NEAR_ZERO
    return ((paid - price) * side + commission_rate_of(k, n, rated) * rated) * n.multiplier


def slippage_per_unit(k: Structure, n: Numbers, price: float, side: float, size: float, market: Market) -> float:
    """Return slippage of one unit of a trade of `size`."""
    return (fill_price_of(k, n, price, side, size, market) - price) * side * n.multiplier


def whole_lots(k: Structure, n: Numbers, units: float) -> float:
    """Return `units` as a multiple of the lot step."""
    if not k.has_lots:
        return units
    lots = math.fabs(units) / n.lot_step
    whole = math.floor(lots + 0.5) if k.rounds_to_nearest else math.floor(lots + WHOLE)
    return whole * n.lot_step if units > 0.0 else -whole * n.lot_step


def after_costs(target: float, equity: float, point: float, units: float, side: float, cost: float) -> float:
    """Return the units whose notional is `target` of the equity that is left once the trade to them is paid.

    Solves ``x * point = target * (equity - side * (x - units) * cost)`` for x.
    """
    return target * (equity + side * units * cost) / (point + side * target * cost)


def units_with_costs_kept(
    k: Structure, n: Numbers, target: float, equity: float, price: float, units: float, market: Market
) -> float:
    """Return the units for `target`, commission and slippage of the trade kept back; `units` where costs eat the change.

    Where slippage grows with size, it is kept back as that of the trade without costs: no less than will be paid where the
    position grows; where it shrinks the trade is larger by what costs take of equity, which is of second order.
    """
    point = price * n.multiplier
    side = 1.0 if target * equity > units * point else -1.0
    size = math.fabs(target * equity / point - units) if k.reads_size else 0.0
    wanted = after_costs(target, equity, point, units, side, cost_per_unit(k, n, price, side, size, market))
    minimum = commission_minimum_of(k, n)
    if minimum > 0.0:
        slippage = slippage_per_unit(k, n, price, side, size, market)
        at_minimum = after_costs(target, equity - minimum, point, units, side, slippage)
        if (wanted - at_minimum) * side > 0.0:
            wanted = at_minimum
    return wanted if (wanted - units) * side > 0.0 else units


def units_for(
    k: Structure, n: Numbers, target: float, equity: float, price: float, units: float, market: Market
) -> float:
    """Return the units that `target` means; at a price of zero or less a share of equity means none, and `units` stay.

    Parameters
    ----------
    target : float
        Fraction of equity, signed.
    equity : float
        Account currency, at `price`.
    price : float
        Raw price of the market.
    units : float
        Units held now.
    market : Market
        Of the bar that fills; where units are sized at the decision, of the bar just closed.
    """
    if target == 0.0 or equity <= 0.0:
        return 0.0
    if price <= 0.0:
        return units
    if k.keeps_commission:
        wanted = units_with_costs_kept(k, n, target, equity, price, units, market)
    else:
        wanted = target * equity / (price * n.multiplier)
    return wanted if wanted == units else whole_lots(k, n, wanted)


def within_bar(k: Structure, n: Numbers, wanted: float, units: float, used: float, market: Market) -> float:
    """Return how far towards `wanted` units one bar leads: in whole lots, unless all the way; `units` where it takes nothing.

    Parameters
    ----------
    wanted, units : float
        Raw units to be held, and held now.
    used : float
        Raw units that the bar took of the asset's orders before.
    market : Market
        Of the bar.
    """
    size = math.fabs(wanted - units)
    room = fillable_of(k, n, used + size, market) - used
    if room >= size * (1.0 - WHOLE):
        return wanted
    if room <= WHOLE * used:
        return units
    part = math.floor(room / n.lot_step + WHOLE) * n.lot_step if k.has_lots else room
    return units + part if wanted > units else units - part


def is_payable(k: Structure, n: Numbers, wanted: float, units: float, price: float, row: Row, market: Market) -> bool:
    """Return whether equity after the trade's costs covers the margin of the whole book; a reduction always passes.

    Margin is of absolute notional: below zero a position asks for it as above.
    """
    if math.fabs(wanted) <= math.fabs(units) and wanted * units >= 0.0:
        return True
    point = math.fabs(price) * n.multiplier
    side = 1.0 if wanted > units else -1.0
    size = math.fabs(wanted - units)
    cost = size * cost_per_unit(k, n, price, side, size, market)
    minimum = commission_minimum_of(k, n)
    if minimum > 0.0:
        at_minimum = size * slippage_per_unit(k, n, price, side, size, market) + minimum
        if at_minimum > cost:
            cost = at_minimum
    margin = (row.gross + (math.fabs(wanted) - math.fabs(units)) * point) * n.margin_fraction
    return margin + cost <= row.equity + WHOLE * math.fabs(row.equity)


def payable_units(
    k: Structure, n: Numbers, wanted: float, units: float, price: float, row: Row, market: Market
) -> float:
    """Return the most units towards `wanted` that can be paid, in whole lots; a position that must turn is at least closed.

    Each unit is taken to cost what it costs in a trade of all that was wanted; its margin is of absolute notional. Where a unit
    takes nothing, at a price of zero, equity that does not suffice pays none.
    """
    point = math.fabs(price) * n.multiplier
    side = 1.0 if wanted > units else -1.0
    size = math.fabs(wanted - units)
    cost = cost_per_unit(k, n, price, side, size, market)
    least = side * units if side * units > 0.0 else 0.0
    if point * n.margin_fraction + cost == 0.0:
        return side * least
    free = row.equity - (row.gross - math.fabs(units) * point) * n.margin_fraction
    most = (free + side * units * cost) / (point * n.margin_fraction + cost)
    minimum = commission_minimum_of(k, n)
    if minimum > 0.0:
        slippage = slippage_per_unit(k, n, price, side, size, market)
        at_minimum = (free - minimum + side * units * slippage) / (point * n.margin_fraction + slippage)
        if at_minimum < most:
            most = at_minimum
    if most <= least:
        return side * least
    lots = math.floor(most / n.lot_step + WHOLE) * n.lot_step if k.has_lots else most
    return side * (lots if lots > least else least)
