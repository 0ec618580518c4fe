"""The tail of a message: the nearest match and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_LIST = 24
"""More allowed values than this are not listed in full."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return the allowed word closest to `word`, or an empty text where none is close."""
    found = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return found[0] if found else ""


def allowed_values(word: str, allowed: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'? Allowed: a, b."``, with a leading blank.

    Parameters
    ----------
    word : str
        What was written.
    allowed : iterable of str
        What may be written, in the order to show.
    """
    words = list(allowed)
    shown = ", ".join(words[:LONGEST_LIST]) + (", ..." if len(words) > LONGEST_LIST else "")
    return f"{did_you_mean(word, words)} Allowed: {shown or 'nothing'}."


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"``, with a leading blank; an empty text where no allowed word is close."""
    match = nearest(word, allowed)
    return f" Did you mean '{match}'?" if match else ""
