"""The structure of a kernel: what is fixed when it is generated. Numbers are not structure; they stay run-time."""

from __future__ import annotations

from typing import NamedTuple


class Structure(NamedTuple):
    """Facts that the generator writes into a specialised kernel as constants; a generic kernel reads them at run time.

    Parameters
    ----------
    many : bool
        Several assets, or one with missing bars; else the one asset's state lives in local variables.
    record : bool
        Tables are written; else running statistics.
    cross_sectional : bool
        The strategy decides for all assets at once.
    speaks_prices : bool
        The strategy may say more than a target, so that its prices must be looked at.
    prices_orders : bool
        The strategy may name a limit or a stop price of its orders.
    rests : bool
        Orders may rest in the market from bar to bar.
    has_actions : bool
        Splits or dividends occur.
    checks_opening : bool
        A bar may open before the decision that its fill would answer.
    reads_market : bool
        The slippage looks at the bar that fills.
    reads_size : bool
        The slippage looks at how many units are traded.
    fills_in_parts : bool
        The slippage lets a bar take a part of an order.
    carries : bool
        Holding cash or positions may cost something.
    keeps_margin : bool
        A book with too little equity for its notional is closed.
    draws_latency : bool
        How long an order waits is drawn.
    fills_at_open, sizes_at_fill, keeps_commission, rebalances_always, rebalances_in_band, has_lots, rounds_to_nearest,
    sells_first, reduces_shortfall, rejects_shortfall, stops_first, stops_on_fill_bar, fills_on_touch, has_latency,
    allows_short, closes_last
        Knobs of the execution spec.
    limits_target, limits_scale, limits_held, limits_stop, limits_profit, limits_exit, limits_equity : bool
        Whether a limit with that hook is on.
    """

    many: bool
    record: bool
    cross_sectional: bool
    speaks_prices: bool
    prices_orders: bool
    rests: bool
    has_actions: bool
    checks_opening: bool
    reads_market: bool
    reads_size: bool
    fills_in_parts: bool
    carries: bool
    keeps_margin: bool
    draws_latency: bool
    fills_at_open: bool
    sizes_at_fill: bool
    keeps_commission: bool
    rebalances_always: bool
    rebalances_in_band: bool
    has_lots: bool
    rounds_to_nearest: bool
    sells_first: bool
    reduces_shortfall: bool
    rejects_shortfall: bool
    stops_first: bool
    stops_on_fill_bar: bool
    fills_on_touch: bool
    has_latency: bool
    allows_short: bool
    closes_last: bool
    limits_target: bool
    limits_scale: bool
    limits_held: bool
    limits_stop: bool
    limits_profit: bool
    limits_exit: bool
    limits_equity: bool


ALWAYS_FIXED: tuple[str, ...] = ("cross_sectional", "speaks_prices", "prices_orders", "rests", "fills_in_parts")
"""Facts of the strategy and the slippage, constants in a generic kernel too."""
