"""What is not as it should be, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deviation:
    """One thing that is not as the rules, the pins or the specs have it.

    Parameters
    ----------
    what : str
        What is the matter, and where.
    mend : str
        What to do about it.
    is_fault : bool, optional
        False for what does no harm, or what only this clone lacks or cannot tell.
    """

    what: str
    mend: str
    is_fault: bool = True
