"""What a recording kernel writes down: rows of float64 columns, bounded per tile, turned into tables afterwards."""

from __future__ import annotations

from typing import NamedTuple

from enerqis.engines.book import Floats, Ints

# instants inside a row
AT_CLOSE, AT_OPEN = 0.0, 1.0

# fates of an order; one that found nothing to trade is not shown
OPEN, FILLED, REJECTED, CANCELLED, UNNEEDED = 0.0, 1.0, 2.0, 3.0, 4.0

# reasons of orders; the limits that are on follow, in the order of their kinds
DECISION, REBALANCE, STOP_LOSS, TAKE_PROFIT, DELISTED, LAST_BAR, BANKRUPT = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0
REASONS: tuple[str, ...] = ("decision", "rebalance", "stop_loss", "take_profit", "delisted", "last_bar", "bankrupt")

# events of the audit trail
SPLIT, DIVIDEND, ORDER_REJECTED, ORDER_CANCELLED, ORDER_REDUCED, PROTECTIVE_EXIT = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
LIMIT_EXIT, EQUITY_LIMIT, TARGET_LIMITED, DELISTING = 6.0, 7.0, 8.0, 9.0

ORDER_LOG, FATE_LOG, FILL_LOG, EVENT_LOG, TARGET_LOG, POSITION_LOG = 0, 1, 2, 3, 4, 5
LOG_COLUMNS: tuple[int, ...] = (7, 2, 9, 6, 3, 5)
"""Columns of each log, in that order."""


class Log(NamedTuple):
    """Arrays that one tile writes; `counts` says how many rows of each are filled.

    Parameters
    ----------
    orders : row, instant, asset, identity, units, target, reason
    fates : identity, fate
    fills : row, instant, asset, units, price, commission, slippage, identity, reason
    events : row, instant, asset, event, and two figures
    targets : row, asset, target
    positions : row, asset, units, entry price, close
    equity : of shape (n_tile, 4)
        equity, cash, gross and net exposure
    counts : of shape (6,)
    """

    orders: Floats
    fates: Floats
    fills: Floats
    events: Floats
    targets: Floats
    positions: Floats
    equity: Floats
    counts: Ints


def log_order(
    log: Log, t: int, instant: float, a: int, identity: float, units: float, target: float, reason: float
) -> None:
    """Note an order."""
    i = log.counts[ORDER_LOG]
    row = log.orders
    row[i, 0] = t
    row[i, 1] = instant
    row[i, 2] = a
    row[i, 3] = identity
    row[i, 4] = units
    row[i, 5] = target
    row[i, 6] = reason
    log.counts[ORDER_LOG] = i + 1


def log_fate(log: Log, identity: float, fate: float) -> None:
    """Note what became of an order."""
    i = log.counts[FATE_LOG]
    log.fates[i, 0] = identity
    log.fates[i, 1] = fate
    log.counts[FATE_LOG] = i + 1


def log_fill(
    log: Log,
    t: int,
    instant: float,
    a: int,
    units: float,
    price: float,
    commission: float,
    slippage: float,
    identity: float,
    reason: float,
) -> None:
    """Note a fill."""
    i = log.counts[FILL_LOG]
    row = log.fills
    row[i, 0] = t
    row[i, 1] = instant
    row[i, 2] = a
    row[i, 3] = units
    row[i, 4] = price
    row[i, 5] = commission
    row[i, 6] = slippage
    row[i, 7] = identity
    row[i, 8] = reason
    log.counts[FILL_LOG] = i + 1


def log_event(log: Log, t: int, instant: float, a: int, event: float, first: float, second: float) -> None:
    """Note an event of the audit trail; `a` is -1 where it concerns the account."""
    i = log.counts[EVENT_LOG]
    row = log.events
    row[i, 0] = t
    row[i, 1] = instant
    row[i, 2] = a
    row[i, 3] = event
    row[i, 4] = first
    row[i, 5] = second
    log.counts[EVENT_LOG] = i + 1


def log_target(log: Log, t: int, a: int, target: float) -> None:
    """Note a changed target."""
    i = log.counts[TARGET_LOG]
    log.targets[i, 0] = t
    log.targets[i, 1] = a
    log.targets[i, 2] = target
    log.counts[TARGET_LOG] = i + 1


def log_position(log: Log, t: int, a: int, units: float, entry_price: float, close: float) -> None:
    """Note a changed position."""
    i = log.counts[POSITION_LOG]
    row = log.positions
    row[i, 0] = t
    row[i, 1] = a
    row[i, 2] = units
    row[i, 3] = entry_price
    row[i, 4] = close
    log.counts[POSITION_LOG] = i + 1
