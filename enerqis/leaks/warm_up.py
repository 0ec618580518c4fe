"""Warm-up: a series that starts later says the same, once the bars are seen that it declares to need."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from enerqis.interfaces.engine import Floats
from enerqis.leaks.look_ahead import NOWHERE, Examined, Place

TOLERANCE = 1e-12
"""Agreement with itself from another start, relative to the largest value."""


def warm_up(
    later: Mapping[str, Floats], whole: Mapping[str, Floats], start: int, warm: int, *, place: Place = NOWHERE
) -> Examined:
    """Return the series that still depend on where they began.

    Parameters
    ----------
    later, whole : mapping of series to ndarray of shape (n_rows, n_assets)
        Begun at row `start`, and before it; rows before are not looked at.
    start : int
    warm : int
        Row from which on a series that begins at `start` declares to be warm.
    place : Place

    Returns
    -------
    Examined
        A finding names the first bar that differs; a series is seen where it says anything from `warm` on.
    """
    found, seen = [], set()
    for name, old in whole.items():
        new = later[name]
        if np.isfinite(old[warm:]).any():
            seen.add(name)
        allowed = TOLERANCE * np.nanmax(np.abs(old), initial=0.0)
        with np.errstate(invalid="ignore"):
            differs = ~((np.abs(old - new) <= allowed) | (np.isnan(old) & np.isnan(new)) | (old == new))
        differs[:warm] = False
        if not differs.any():
            continue
        row, asset = (int(each) for each in np.argwhere(differs)[0])
        fact = f"still depends on where it began {row - start + 1} bars later"
        value, expected = float(old[row, asset]), float(new[row, asset])
        found.append(place.finding("warm_up", name, (row, asset), value=value, expected=expected, fact=fact))
    return Examined(tuple(found), frozenset(seen))
