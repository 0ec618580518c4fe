"""Two results held against each other to the last bit, table by table and event by event."""

from __future__ import annotations

from enerqis.interfaces.engine import BacktestResult

TABLES = ("orders", "fills", "equity", "positions", "targets")


def difference(one: BacktestResult, other: BacktestResult) -> str:
    """Return the first row that differs, or an empty text."""
    for name in (*TABLES, "audit"):
        left, right = (each.audit if name == "audit" else getattr(each, name).to_pylist() for each in (one, other))
        for place, (first, second) in enumerate(zip(left, right, strict=False)):
            if repr(first) != repr(second):
                return f"{name}[{place}]: {first} != {second}"
        if len(left) != len(right):
            return f"{name}: {len(left)} rows != {len(right)}"
    return ""
