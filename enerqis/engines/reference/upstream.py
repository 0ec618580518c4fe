"""Warnings of zipline about itself: exactly these are silenced, by message, while it works."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

KNOWN: tuple[tuple[str, type[Warning]], ...] = (
    ("DataFrameGroupBy.apply operated on the grouping columns", FutureWarning),  # writing assets
    ("Series.__setitem__ treating keys as positions is deprecated", FutureWarning),  # an algorithm's own benchmark
)
"""Start of each message, and its category: both speak of pandas to come, not of results."""


@contextmanager
def silenced() -> Iterator[None]:
    """Silence what zipline is known to warn of."""
    with warnings.catch_warnings():
        for message, category in KNOWN:
            warnings.filterwarnings("ignore", message=re.escape(message), category=category)
        yield
