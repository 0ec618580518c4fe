"""Where a repository is not what its rules say."""

from __future__ import annotations

from typing import NamedTuple


class Deviation(NamedTuple):
    """One thing that is not as the rules have it.

    Parameters
    ----------
    what : str
        What is the matter, and where.
    mend : str
        What to do about it.
    is_fault : bool
        False for what only this clone lacks, or cannot tell.
    """

    what: str
    mend: str
    is_fault: bool = True
