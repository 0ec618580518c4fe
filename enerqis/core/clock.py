"""The one door to the wall clock. Only logs and locks may ask it: no result depends on when it was computed."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)
