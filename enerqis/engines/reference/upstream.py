"""Warnings of zipline about itself: exactly these are silenced, by message, while it works."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

KNOWN: tuple[tuple[str, type[Warning]], ...] = (
    ("DataFrameGroupBy.apply operated on the grouping columns", FutureWarning),
)
"""Start of each message, and its category: they concern pandas versions to come and empty periods, not results."""


@contextmanager
def silenced() -> Iterator[None]:
    """Silence what zipline is known to warn of."""
    with warnings.catch_warnings():
        for message, category in KNOWN:
            warnings.filterwarnings("ignore", message=message, category=category)
        yield
