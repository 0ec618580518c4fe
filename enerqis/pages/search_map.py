"""The points of a search as a map: its two keys across and down, tinted by what they are worth, the plateau marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from enerqis.pages import formatting

MOST_CELLS = 2_500
"""Cells beyond which a page shows no map."""

TINTS = ((0.9, "up4"), (0.75, "up3"), (0.6, "up2"), (0.4, "up1"), (0.0, ""))
"""Class of a cell by the least share of the best ratio that it has; a loss is tinted otherwise."""


class Cell(NamedTuple):
    """One point: its ratio, its tint, and whether it is the best or beside it."""

    text: str
    tint: str


class Row(NamedTuple):
    """The points of one value of the first key."""

    name: str
    cells: list[Cell]


class SearchMap(NamedTuple):
    """The map; without rows there is none.

    Parameters
    ----------
    down, across : str
        Names of the keys.
    columns : list of str
        Values of the key that runs across.
    rows : list of Row
    sentence : str
        How fast the result dies around the best point.
    """

    down: str
    across: str
    columns: list[str]
    rows: list[Row]
    sentence: str


NO_MAP = SearchMap("", "", [], [], "")


def search_map(search: Mapping[str, Any] | None) -> SearchMap:
    """Return the map of a search with two keys that are numbers; none of any other."""
    points = search["points"] if search else []
    keys = sorted(points[0]["values"]) if points else []
    if search is None or search["best"] is None or search["plateau"] is None or len(keys) != 2:
        return NO_MAP
    down, across = keys
    values = {key: sorted({point["values"][key] for point in points}) for key in keys}
    if len(values[down]) * len(values[across]) > MOST_CELLS:
        return NO_MAP
    known = {(point["values"][down], point["values"][across]): point["sharpe_ratio"] for point in points}
    here = (search["best"][down], search["best"][across])
    centre = (values[down].index(here[0]), values[across].index(here[1]))
    rows = [
        Row(
            _value(one),
            [
                _cell(known.get((one, other)), known[here], max(abs(i - centre[0]), abs(j - centre[1])))
                for j, other in enumerate(values[across])
            ],
        )
        for i, one in enumerate(values[down])
    ]
    return SearchMap(
        _name(down), _name(across), [_value(each) for each in values[across]], rows, _sentence(search["plateau"])
    )


def _cell(ratio: float | None, best: float | None, steps: int) -> Cell:
    mark = {0: " best", 1: " near"}.get(steps, "")
    if ratio is None or best is None or best <= 0.0:
        return Cell("", mark.strip())
    share = ratio / best
    tint = next((name for least, name in TINTS if share >= least), "down2")
    return Cell(formatting.number(ratio), (tint + mark).strip())


def _sentence(plateau: Mapping[str, Any]) -> str:
    share, half = plateau["neighbour_share_fraction"], plateau["half_life_steps"]
    if share is None:
        return ""
    dies = (
        "half of it is never gone" if half is None else f"half of it is gone after {formatting.number(half, 1)} steps"
    )
    return f"One step from the best point {formatting.percent(share, 0)} of its score is left; {dies}."


def _name(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ")


def _value(value: float) -> str:
    return formatting.number(value, 0 if isinstance(value, int) else 2)
