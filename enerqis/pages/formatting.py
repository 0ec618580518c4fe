"""Numbers, dates and names as people read them. English, no locale: the same text everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

NONE = "\N{EN DASH}"
"""Shown where a figure does not exist."""
MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
SHORT_HASH = 12

LABELS = {
    "beta_ratio": "Beta",
    "profit_factor_ratio": "Profit factor",
    "annual_turnover_ratio": "Annual turnover",
    "costs_bps": "Costs per notional traded",
    "costs_of_initial_cash_fraction": "Costs over initial cash",
    "carry_amount": "Carry paid",
    "alpha_fraction": "Alpha, per year",
    "trades_count": "Trades closed",
    "open_trades_count": "Trades still open",
}
"""Names that the key alone would not tell."""


class Unit(NamedTuple):
    """How figures with one ending are shown."""

    ending: str
    show: Callable[[float], str]
    in_label: str


def number(value: float, digits: int = 2) -> str:
    """Return `value` with thousands separated: 1,234.50; a dash for NaN."""
    if not math.isfinite(value):
        return NONE
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def amount(value: float) -> str:
    """Return an amount of money: no cents from a thousand on."""
    return number(value, 0 if abs(value) >= 1000.0 else 2)


def percent(value: float, digits: int = 1) -> str:
    """Return a fraction as per cent: 0.0512 is 5.1 %."""
    return number(100.0 * value, digits) + NARROW + "%" if math.isfinite(value) else NONE


def count(value: float) -> str:
    """Return a whole number."""
    return number(value, 0)


def price(value: float) -> str:
    """Return a price with five significant digits, at least two decimals up to a thousand."""
    if not math.isfinite(value) or value == 0.0:
        return number(value)
    return number(value, min(8, max(2, 4 - math.floor(math.log10(abs(value))))))


UNITS = (
    Unit("_fraction", percent, ""),
    Unit("_ratio", number, "ratio"),
    Unit("_amount", amount, ""),
    Unit("_count", count, ""),
    Unit("_sessions", count, "sessions"),
    Unit("_days", lambda value: number(value, 1), "days"),
    Unit("_bps", lambda value: number(value, 1) + NARROW + "bps", ""),
)


def figure(key: str, value: float) -> str:
    """Return a metric's value in the unit that its key ends with."""
    return next((unit.show for unit in UNITS if key.endswith(unit.ending)), number)(value)


def label(key: str) -> str:
    """Return a metric's key as words."""
    prefix, _, name = key.rpartition(".")
    words = LABELS.get(name) or _words(name)
    return f"{words} ({prefix})" if prefix else words


def _words(name: str) -> str:
    unit = next((unit for unit in UNITS if name.endswith(unit.ending)), None)
    if unit is None:
        return name.replace("_", " ").capitalize()
    words = name.removesuffix(unit.ending).replace("_", " ").capitalize()
    if unit.in_label == "ratio":
        return f"{words} ratio"
    return f"{words}, {unit.in_label}" if unit.in_label else words


def short(digest: Any) -> str:
    """Return the first digits of a hash, enough to tell two apart by eye."""
    return str(digest)[:SHORT_HASH]


def day(days: int) -> str:
    """Return days since 1970-01-01 as a date."""
    return (date(1970, 1, 1) + timedelta(days=int(days))).isoformat()


def instant(nanoseconds: int) -> str:
    """Return an instant in UTC to the minute."""
    return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M")


def iso_instant(nanoseconds: int) -> str:
    """Return an instant in UTC to the second, as ISO 8601 writes it."""
    return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "amount": amount,
    "percent": percent,
    "count": count,
    "price": price,
    "short": short,
    "label": label,
}
"""Names under which templates use them."""
