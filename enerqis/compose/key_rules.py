"""The place of a rule between several keys that does not hold: the override that broke it, and where the other side stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from enerqis.compose.composed import Composed
from enerqis.compose.positions import Key


class BrokenRule(NamedTuple):
    """Where a rule between keys was broken, and one sentence on where its other keys are set; may be empty."""

    where: str
    beside: str


def broken_by_override(message: str, part: object, at: Key, composed: Composed) -> BrokenRule | None:
    """Return where an override broke a rule of a whole part; None where no override sets a key that the message names.

    Parameters
    ----------
    message : str
        What the rule says; it names its keys.
    part : mapping of key to value
        What was validated; anything else has no keys.
    at : tuple of str
        Where `part` stands in `composed`.
    composed : Composed
    """
    keys = [str(key) for key in part] if isinstance(part, Mapping) else []
    names = [key for key in keys if re.search(rf"\b{re.escape(key)}\b", message)]
    places = [composed.overridden[*at, name] for name in names if (*at, name) in composed.overridden]
    if not places:
        return None
    others = ((name, composed.origin((*at, name))) for name in names if (*at, name) not in composed.overridden)
    beside = "".join(f" {name} is set at {place}." for name, place in others if place)
    return BrokenRule(places[0], beside)
