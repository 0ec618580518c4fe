"""What a recording kernel writes down: entries of one journal, bounded per tile, turned into tables afterwards.

An entry is a column of the journal: kind, row of the tile, instant, asset, and up to six figures.
"""

from __future__ import annotations

from enerqis.engines.book import NOTED, Book

JOURNAL_FIELDS = 10

# instants inside a row; on the way down or up inside a bar counts as its close
AT_CLOSE, AT_OPEN, FALLING, RISING = 0.0, 1.0, 2.0, 3.0

# fates of an order; one that found nothing to trade is not shown
WAITING, FILLED, REJECTED, CANCELLED, UNNEEDED = 0.0, 1.0, 2.0, 3.0, 4.0

# reasons of orders; the limits that are on follow, in the order of their kinds
DECISION, REBALANCE, STOP_LOSS, TAKE_PROFIT, DELISTED, LAST_BAR, BANKRUPT = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0
MARGIN_CALL = 7.0
REASONS: tuple[str, ...] = (
    "decision",
    "rebalance",
    "strategy_stop_loss",
    "strategy_take_profit",
    "delisted",
    "last_bar",
    "bankrupt",
    "margin_call",
)
FIRST_LIMIT = float(len(REASONS))
"""Reasons from here on are limits; a protective exit for another one is the strategy's own."""

# kinds of rows
ORDER, FATE, FILL, TARGET_CHANGE, POSITION_CHANGE = 0.0, 1.0, 2.0, 3.0, 4.0

# kinds of rows that are events of the audit trail
SPLIT_EVENT, DIVIDEND_EVENT, ORDER_REJECTED, ORDER_CANCELLED, ORDER_REDUCED, PROTECTIVE_EXIT = (
    5.0,
    6.0,
    7.0,
    8.0,
    9.0,
    10.0,
)
LIMIT_EXIT, EQUITY_LIMIT, TARGET_LIMITED, DELISTING, STOP_TRIGGERED = 11.0, 12.0, 13.0, 14.0, 15.0
FUNDING, MARGIN_CALLED = 16.0, 17.0


def note(book: Book, kind: float, t: int, instant: float, a: int, first: float, second: float) -> int:
    """Begin an entry of the journal and return its place."""
    i = int(book.account[NOTED])
    row = book.journal
    row[0, i] = kind
    row[1, i] = t
    row[2, i] = instant
    row[3, i] = a
    row[4, i] = first
    row[5, i] = second
    book.account[NOTED] = i + 1.0
    return i


def log_order(
    book: Book,
    t: int,
    instant: float,
    a: int,
    identity: float,
    units: float,
    target: float,
    reason: float,
    limit: float,
    stop: float,
) -> None:
    """Note an order."""
    i = note(book, ORDER, t, instant, a, identity, units)
    book.journal[6, i] = target
    book.journal[7, i] = reason
    book.journal[8, i] = limit
    book.journal[9, i] = stop


def log_fate(book: Book, identity: float, fate: float) -> None:
    """Note what became of an order."""
    note(book, FATE, 0, AT_CLOSE, 0, identity, fate)


def log_fill(
    book: Book,
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
    i = note(book, FILL, t, instant, a, units, price)
    book.journal[6, i] = commission
    book.journal[7, i] = slippage
    book.journal[8, i] = identity
    book.journal[9, i] = reason


def log_event(book: Book, t: int, instant: float, a: int, event: float, first: float, second: float) -> None:
    """Note an event of the audit trail; `a` is -1 where it concerns the account."""
    note(book, event, t, instant, a, first, second)


def log_target(book: Book, t: int, a: int, target: float) -> None:
    """Note a changed target."""
    note(book, TARGET_CHANGE, t, AT_CLOSE, a, target, 0.0)


def log_position(book: Book, t: int, a: int, units: float, entry_price: float, close: float) -> None:
    """Note a changed position."""
    i = note(book, POSITION_CHANGE, t, AT_CLOSE, a, units, entry_price)
    book.journal[6, i] = close
