"""What the market was before an account begins: where indicators start to see it, what is known of each asset."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from enerqis.engines.book import Floats
from enerqis.engines.dispatch import step_types
from enerqis.engines.series import indicator_module, source
from enerqis.interfaces.engine import Panel
from enerqis.interfaces.indicator import IndicatorCall


def bars_needed(call: IndicatorCall) -> int:
    """Return the bars an indicator needs, at least one, until its value is whole and no longer depends on where it started."""
    module = indicator_module(call.kind)
    numbers = step_types(module)["p"](*(value for _, value in call.arguments), 0.0)
    settling = getattr(module, "settling_bars", None)
    return max(1, int(module.warmup_bars(numbers)), int(settling(numbers)) if settling else 0)


def warmup_row(panel: Panel, calls: Iterable[IndicatorCall], first: int) -> int:
    """Return the row from which indicators must see the panel, so that they are warm at the close of row `first`.

    Bars are counted as an indicator counts them: those of the asset, in which none of its inputs is missing. Where there are
    too few of them it is row 0, and the indicator warms up as it does in a run from the start.
    """
    earliest = first
    for call in dict.fromkeys(calls):
        needed = bars_needed(call)
        is_seen = np.logical_and.reduce([~np.isnan(source(panel, name).values[: first + 1]) for name in call.inputs])
        for column in is_seen.T:
            rows = np.flatnonzero(column)
            earliest = min(earliest, int(rows[-needed]) if rows.size >= needed else 0)
    return earliest


def seen_before(panel: Panel, first: int) -> Floats:
    """Return how many bars each asset had before row `first`, and its last close on the raw scale of that moment.

    Returns
    -------
    ndarray of shape (n_assets, 2)
        Zeros for an asset without a bar.
    """
    close = panel.close[:first]
    present = ~np.isnan(close)
    found = np.zeros((close.shape[1], 2))
    found[:, 0] = present.sum(axis=0)
    for asset in np.flatnonzero(found[:, 0]):
        row = int(np.flatnonzero(present[:, asset])[-1])
        price = close[row, asset]
        for split in panel.split_factor[row + 1 : first, asset]:
            price /= split
        found[asset, 1] = price
    return found
