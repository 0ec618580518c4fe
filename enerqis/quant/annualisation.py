"""From figures per session to figures per year, with the year's sessions counted and never assumed."""

from __future__ import annotations

DAYS_PER_YEAR = 365.25


def sessions_per_year(session_count: int, *, first_day: int, last_day: int) -> float:
    """Return the calendar's sessions per year of 365.25 days, counted over one period.

    Parameters
    ----------
    session_count : int
        Sessions of the calendar from `first_day` to `last_day`, both included.
    first_day, last_day : int
        Dates as days since 1970-01-01.

    Raises
    ------
    ValueError
        If the period is empty.
    """
    days = last_day - first_day + 1
    if days < 1 or session_count < 1:
        raise ValueError(f"no sessions to count: {session_count} in {days} days")
    return session_count * DAYS_PER_YEAR / days


def rate_per_session(annual_fraction: float, per_year: float) -> float:
    """Return the rate per session that compounds to `annual_fraction` in a year of `per_year` sessions."""
    return float((1.0 + annual_fraction) ** (1.0 / per_year) - 1.0)


def rate_per_year(total_fraction: float, *, session_count: int, per_year: float) -> float:
    """Return the yearly rate that compounds to `total_fraction` over `session_count` sessions; -1 where all is lost."""
    growth = 1.0 + total_fraction
    return float(growth ** (per_year / session_count) - 1.0) if growth > 0.0 else -1.0
