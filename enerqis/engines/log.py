"""What a recording kernel writes down: entries of one journal, bounded per tile, turned into tables afterwards.

An entry is a row of its kind's section of the journal: kind, row of the tile, instant, asset, and up to six figures.
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

EVENTS = 5
"""Section of the journal in which events of whatever kind lie in their order; other kinds are numbers of their own."""

SECTIONS = EVENTS + 1

SECTION_FIELDS = (10, 6, 10, 5, 7, 6)
"""Fields of an entry that each section uses, from the kind on."""


def note(book: Book, kind: float, t: int, instant: float, a: int, first: float, second: float) -> int:
    """Begin an entry of the journal and return its place in its section."""
    section = int(kind) if kind < EVENTS else EVENTS
    i = int(book.account[NOTED + section])
    journal = book.journal
    journal[section, i, 0] = kind
    journal[section, i, 1] = t
    journal[section, i, 2] = instant
    journal[section, i, 3] = a
    journal[section, i, 4] = first
    journal[section, i, 5] = second
    book.account[NOTED + section] = i + 1.0
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
    book.journal[int(ORDER), i, 6] = target
    book.journal[int(ORDER), i, 7] = reason
    book.journal[int(ORDER), i, 8] = limit
    book.journal[int(ORDER), i, 9] = stop


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
    book.journal[int(FILL), i, 6] = commission
    book.journal[int(FILL), i, 7] = slippage
    book.journal[int(FILL), i, 8] = identity
    book.journal[int(FILL), i, 9] = reason


def log_event(book: Book, t: int, instant: float, a: int, event: float, first: float, second: float) -> None:
    """Note an event of the audit trail; `a` is -1 where it concerns the account."""
    note(book, event, t, instant, a, first, second)


def log_target(book: Book, t: int, a: int, target: float) -> None:
    """Note a changed target."""
    note(book, TARGET_CHANGE, t, AT_CLOSE, a, target, 0.0)


def log_position(book: Book, t: int, a: int, units: float, entry_price: float, close: float) -> None:
    """Note a changed position."""
    i = note(book, POSITION_CHANGE, t, AT_CLOSE, a, units, entry_price)
    book.journal[int(POSITION_CHANGE), i, 6] = close
