"""Fill timing: no fill in a bar that had opened before the decision, none at a price that its bar does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.interfaces.engine import BacktestResult, Floats, Ints, Job, Panel, Plugged
from enerqis.leaks.finding import Finding
from enerqis.quant.columns import integers

Flags = npt.NDArray[np.bool_]

STANDING = ("strategy_stop_loss", "strategy_take_profit")
"""Orders whose price was named before: they are written down where they fill, inside a bar."""

ENDING = ("delisted", "last_bar")
"""Orders that end a position at a close: written down where they fill."""

PRICE_TOLERANCE = 1e-9
"""Relative: prices are made back from what was paid and the slippage."""


class Fills(NamedTuple):
    """Fills with the decision each comes from; arrays of shape (n_fills,).

    Parameters
    ----------
    row, asset : ndarray
        Bar that filled.
    decided : ndarray
        Instant of the decision, UTC ns.
    ts : ndarray
        Instant of the price.
    price : ndarray
        Price before slippage.
    named : ndarray of shape (2, n_fills)
        Limit and stop of the order; NaN = none.
    reason : list of str
    """

    row: Ints
    asset: Ints
    decided: Ints
    ts: Ints
    price: Floats
    named: Floats
    reason: list[str]


def fill_findings(job: Job, result: BacktestResult) -> tuple[Finding, ...]:
    """Return the first fill that came too early, and the first at a price that was not there."""
    if not result.fills.num_rows:
        return ()
    fills = _fills(job, result)
    standing = (*STANDING, *_levels(job.limits))
    early = next(_early(job.panel, fills, (*standing, *ENDING)), None)
    wrong = next(_mispriced(job, fills, standing), None)
    return tuple(each for each in (early, wrong) if each is not None)


def _levels(limits: Mapping[str, Plugged]) -> list[str]:
    """Return the kinds of limits that leave at a price inside a bar."""
    return [
        kind
        for kind, each in limits.items()
        if hasattr(each.module, "stop_price") or hasattr(each.module, "profit_price")
    ]


def _fills(job: Job, result: BacktestResult) -> Fills:
    table, orders = result.fills, result.orders
    place = {number: row for row, number in enumerate(orders.column("order_id").to_pylist())}
    of_order = np.array([place[number] for number in table.column("order_id").to_pylist()], dtype=np.int64)
    asset = np.array([job.panel.symbols.index(each) for each in table.column("symbol").to_pylist()], dtype=np.int64)
    units = table.column("units").to_numpy()
    notional = np.abs(units) * job.execution.contract_multiplier
    named = [orders.column(name).to_numpy()[of_order] for name in ("limit", "stop")]
    return Fills(
        row=np.searchsorted(job.panel.ts, integers(table, "bar_ts")),
        asset=asset,
        decided=integers(orders, "ts")[of_order],
        ts=integers(table, "ts"),
        price=table.column("price").to_numpy() - np.sign(units) * table.column("slippage").to_numpy() / notional,
        named=np.array(named),
        reason=table.column("reason").to_pylist(),
    )


def _early(panel: Panel, fills: Fills, at_once: tuple[str, ...]) -> Iterator[Finding]:
    """Yield fills in a bar that had opened when the order was decided."""
    opened = panel.ts_open[fills.row, fills.asset]
    for i in np.flatnonzero((opened < fills.decided) | (fills.ts < fills.decided)):
        if fills.reason[i] in at_once:
            continue
        row, asset = int(fills.row[i]), int(fills.asset[i])
        rows = np.flatnonzero(panel.ts_open[:, asset] >= fills.decided[i])
        first = float(panel.open[rows[0], asset]) if rows.size else float("nan")
        fact = "fills an order in a bar that had opened before it was decided"
        yield _finding("fill_bar", panel, row, asset, float(fills.price[i]), first, fact)


def _mispriced(job: Job, fills: Fills, standing: tuple[str, ...]) -> Iterator[Finding]:
    """Yield fills whose price is not one of their bar."""
    panel = job.panel
    low, high = panel.low[fills.row, fills.asset], panel.high[fills.row, fills.asset]
    field = "open" if job.execution.fill_price == "next_open" else "close"
    asked = getattr(panel, field)[fills.row, fills.asset]
    usual = np.array([panel.open[fills.row, fills.asset], asked])  # a gap fills at the open
    is_priced: Flags = np.isfinite(fills.named[0]) | np.isfinite(fills.named[1])
    apart = np.nan_to_num(np.abs(np.vstack([fills.named, usual]) - fills.price), nan=np.inf).min(axis=0)
    is_own: Flags = ~is_priced | _was_split(panel, fills) | (apart <= PRICE_TOLERANCE * np.abs(fills.price))
    for i, reason in enumerate(fills.reason):
        if reason in ENDING:
            continue
        price, slack = float(fills.price[i]), PRICE_TOLERANCE * abs(float(fills.price[i]))
        is_inside = low[i] - slack <= price <= high[i] + slack
        is_exact = is_priced[i] or reason in standing or abs(price - asked[i]) <= slack
        if is_inside and is_exact and is_own[i]:
            continue
        fact = f"fills at a price that is not the {field} of its bar" if is_inside else "fills outside its bar's prices"
        if is_inside and is_exact:
            fact = "fills an order at a price that is neither the one it named nor the usual one of its bar"
        yield _finding("fill_price", panel, int(fills.row[i]), int(fills.asset[i]), price, float(asked[i]), fact)


def _was_split(panel: Panel, fills: Fills) -> Flags:
    """Return which fills have a split between the decision and the bar: their prices are written on another scale."""
    since = np.searchsorted(panel.ts, fills.decided, side="right")
    factors = np.vstack([np.ones((1, len(panel.symbols))), np.cumprod(panel.split_factor, axis=0)])
    found: Flags = factors[fills.row + 1, fills.asset] != factors[since, fills.asset]
    return found


def _finding(test: str, panel: Panel, row: int, asset: int, value: float, expected: float, fact: str) -> Finding:
    symbol = panel.symbols[asset]
    return Finding(test, "the engine", row, int(panel.ts[row]), symbol, value, expected, fact)
