"""Local wall clocks to instants, as arrays: IANA zones with their ambiguous and skipped hours told apart.

Transitions come from the tzdata package, whose version is part of the identity, and never from the system's zone files.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from enerqis.core.units import NANOSECONDS_PER_SECOND

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1899, 2101


def to_instants(local: Ints, zone: str, *, ambiguous: str) -> tuple[Ints, Flags, Flags]:
    """Return instants of local wall-clock times.

    Parameters
    ----------
    local : ndarray of shape (n,), int64
        Wall clock as nanoseconds since 1970-01-01 00:00 of that clock.
    zone : str
        IANA name.
    ambiguous : {'earliest', 'latest', other}
        Which instant a time shown twice means; anything but 'latest' gives the earliest.

    Returns
    -------
    instants : ndarray of shape (n,), int64
        UTC ns. A skipped time gives the instant of the change.
    is_ambiguous, is_skipped : ndarrays of shape (n,), bool
    """
    nothing = np.zeros(len(local), dtype=bool)
    if zone == "UTC" or not len(local):
        return local, nothing, nothing
    at, offsets = _transitions(zone)
    before, after = offsets[:-1], offsets[1:]
    # a change at instant t maps local [t + min, t + max) to two instants or to none
    starts, ends = at + np.minimum(before, after), at + np.maximum(before, after)
    change = np.searchsorted(starts, local, side="right") - 1
    inside = (change >= 0) & (local < ends[np.maximum(change, 0)])
    falls_back = after < before
    is_ambiguous = inside & falls_back[np.maximum(change, 0)]
    is_skipped = inside & ~falls_back[np.maximum(change, 0)]
    early = is_ambiguous & (ambiguous != "latest")
    offset = offsets[change + 1 - early]
    instants = np.where(is_skipped, at[np.maximum(change, 0)], local - offset)
    return instants, is_ambiguous, is_skipped


def to_local(instants: Ints, zone: str) -> Ints:
    """Return the wall clock of `zone` at UTC instants, both in nanoseconds."""
    if zone == "UTC" or not len(instants):
        return instants
    at, offsets = _transitions(zone)
    return instants + offsets[np.searchsorted(at, instants, side="right")]


@cache
def _transitions(zone: str) -> tuple[Ints, Ints]:
    """Return the instants at which the offset changes, and the offsets before, between and after them, in ns."""
    with files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as stream:
        place = ZoneInfo.from_file(stream, key=zone)

    def offset(second: int) -> timedelta:
        return (EPOCH + timedelta(seconds=second)).astimezone(place).utcoffset() or timedelta(0)

    first = int((datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
    last = int((datetime(LAST_YEAR, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
    week = 7 * 86_400
    changes: list[int] = []
    offsets = [offset(first)]
    for left in range(first, last, week):
        low, high = left, left + week
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        changes.append(high)
        offsets.append(offset(high))
    seconds = np.array([each.total_seconds() for each in offsets], dtype=np.int64)
    return np.array(changes, dtype=np.int64) * NANOSECONDS_PER_SECOND, seconds * NANOSECONDS_PER_SECOND
