"""How long a run's record is: from when to when, how many sessions, and whether figures a year say more than it can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.pages import formatting
from enerqis.quant.annualisation import DAYS_PER_YEAR

SHORT_DAYS = 358
"""A record of fewer days is no year: from the first to the last session of a calendar year are up to a week less than 365."""


class Record(NamedTuple):
    """A run's record.

    Parameters
    ----------
    first, last : str
        Its first and last session, ISO dates.
    sessions : int
    """

    first: str
    last: str
    sessions: int

    @classmethod
    def of(cls, sessions: npt.NDArray[np.int64]) -> Record | None:
        """Return the record of some sessions, days since 1970-01-01 in order; None where there is none."""
        if not len(sessions):
            return None
        return cls(formatting.day(sessions[0]), formatting.day(sessions[-1]), len(sessions))

    @classmethod
    def told(cls, facts: Mapping[str, Any]) -> Record | None:
        """Return the record that the facts of a report tell; None where they tell none."""
        record = facts.get("record")
        return cls(record["first"], record["last"], record["sessions"]) if record else None

    @property
    def days(self) -> int:
        """Calendar days, the first and the last included."""
        return (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1

    @property
    def years(self) -> float:
        """Length in years of 365.25 days."""
        return self.days / DAYS_PER_YEAR

    @property
    def is_short(self) -> bool:
        """Whether it is less than a year: what it earned is not told a year then."""
        return self.days < SHORT_DAYS

    @property
    def period(self) -> str:
        """From when to when, and how many sessions."""
        return (
            f"{self.first} to {self.last}, {formatting.count(self.sessions)} session{'' if self.sessions == 1 else 's'}"
        )

    @property
    def warning(self) -> str:
        """What to know of figures a year; empty where the record is long enough."""
        return f"Less than a year of record: figures a year are stretched from {self.period}." if self.is_short else ""
