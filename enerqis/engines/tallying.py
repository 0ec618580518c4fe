"""What a kernel that does not record keeps of a tile: drawdown, exposure, power sums, equity at marks. Portable functions."""

from __future__ import annotations

import math

from enerqis.engines.book import (
    CURVE_EQUITY,
    CURVE_GROSS,
    DRAWDOWN,
    EQUITY,
    EXPOSURE,
    FIRST_ROW,
    HIGHEST,
    SUM1,
    SUM2,
    SUM3,
    SUM4,
    Floats,
    Ints,
)


def tally(account: Floats, curve: Floats, rows: int) -> None:
    """Take the rows of a tile into the statistics of `account`, whose equity is still that before the tile.

    A pass of its own over what the loop wrote leaves the loop its registers. A drawdown's quotient is computed only where it
    is a deeper one, and a bar on which nothing was held and nothing changed adds nothing, nor does one after nothing was left.
    """
    before = account[EQUITY]
    highest = account[HIGHEST]
    deepest = account[DRAWDOWN]
    exposure = account[EXPOSURE]
    first = account[SUM1]
    second = account[SUM2]
    third = account[SUM3]
    fourth = account[SUM4]
    for t in range(rows):
        equity = curve[CURVE_EQUITY, t]
        exposed = curve[CURVE_GROSS, t]
        if not exposed + math.fabs(equity - before) <= 0.0:
            if equity > highest:
                highest = equity
            if highest - equity > deepest * highest:
                deepest = (highest - equity) / highest
            exposure += exposed
            change = equity / before - 1.0 if before > 0.0 else 0.0
            square = change * change
            first += change
            second += square
            third += square * change
            fourth += square * square
            before = equity
    account[HIGHEST] = highest
    account[DRAWDOWN] = deepest
    account[EXPOSURE] = exposure
    account[SUM1] = first
    account[SUM2] = second
    account[SUM3] = third
    account[SUM4] = fourth


def keep_marks(account: Floats, curve: Floats, rows: int, wanted: Ints, marks: Floats) -> None:
    """Keep the equity after those of the panel's rows `wanted` that lie in a tile of so many `rows`."""
    first = int(account[FIRST_ROW])
    for i in range(wanted.shape[0]):
        row = wanted[i] - first
        if row >= 0 and row < rows:
            marks[i] = curve[CURVE_EQUITY, row]
