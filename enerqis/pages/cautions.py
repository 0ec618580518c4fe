"""What a reader must know before any figure: that a run may know the future, and that much of its data was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enerqis.pages import formatting

MANY_FRACTION = 0.01
"""Share of the rows received from which rejected ones are told before the figures."""


def leak_sentence(validation: Mapping[str, Any]) -> str:
    """Return that leak tests found something, from a validation; empty where they did not, or there was none."""
    count = len(validation.get("leaks", {}).get("findings", ()))
    if not count:
        return ""
    which = "a leak was found" if count == 1 else f"{formatting.count(count)} leaks were found"
    return f"It may know the future ({which}): until that is mended, no figure here says anything."


def rejection_sentence(manifest: Mapping[str, Any], *, from_fraction: float = MANY_FRACTION) -> str:
    """Return how many rows of the source were rejected, and by which rules, from a manifest.

    Parameters
    ----------
    manifest : mapping
        The dataset's manifest as JSON.
    from_fraction : float
        Share of the rows received below which nothing is said; 0 says every rejected row.
    """
    rows = manifest.get("rows", {})
    received, rejected = rows.get("received", 0), rows.get("rejected", 0)
    if not rejected or rejected < from_fraction * received:
        return ""
    counts = {name: each.get("rejected", 0) for name, each in manifest.get("rules", {}).items()}
    named = [f"{name} {formatting.count(count)}" for name, count in sorted(counts.items(), key=_largest) if count]
    rules = f": {', '.join(named)}" if named else ""
    return f"{formatting.count(rejected)} of {formatting.count(received)} rows of the data were rejected{rules}."


def _largest(rule: tuple[str, int]) -> tuple[int, str]:
    return -rule[1], rule[0]
