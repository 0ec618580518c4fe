"""Scores of points over two of their parameters, as a table of cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Heatmap(NamedTuple):
    """Scores over two parameters.

    Parameters
    ----------
    down, across : str
        Names of the parameters.
    rows, columns : tuple
        Their values, in order.
    cells : tuple of tuple of (float or None)
        A row for each of `rows`: the best score with those two values, None where no point has one.
    low, high : float
        The worst and the best of them.
    """

    down: str
    across: str
    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    cells: tuple[tuple[float | None, ...], ...]
    low: float
    high: float

    def share(self, score: float) -> float:
        """Return where a score lies between the worst, 0, and the best, 1."""
        return (score - self.low) / (self.high - self.low) if self.high > self.low else 1.0


def heatmap(
    values: Sequence[Mapping[str, Any]], scores: Sequence[float], *, tallest: int, widest: int
) -> Heatmap | None:
    """Return the scores over the first two parameters that vary; None where there are no two, or no score.

    Parameters
    ----------
    values : sequence of mapping
        Parameters of each point, by name.
    scores : sequence of float
        More is better; NaN = none. Of several points in a cell the best counts.
    tallest, widest : int
        Most rows and columns; what lies beyond is left out.
    """
    axes = _axes(values)
    if len(axes) < 2:
        return None
    (down, rows), (across, columns) = axes[:2]
    rows, columns = rows[:tallest], columns[:widest]
    best: dict[tuple[Any, Any], float] = {}
    for point, score in zip(values, scores, strict=True):
        place = (point.get(down), point.get(across))
        if math.isfinite(score) and score > best.get(place, -math.inf):
            best[place] = score
    cells = tuple(tuple(best.get((row, column)) for column in columns) for row in rows)
    shown = [score for row in cells for score in row if score is not None]
    if not shown:
        return None
    return Heatmap(down, across, tuple(rows), tuple(columns), cells, min(shown), max(shown))


def _axes(values: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Any]]]:
    """Return the parameters that vary, each with its values in order: numbers by size, then words."""
    keys = list(dict.fromkeys(key for point in values for key in point))
    found = [(key, list(dict.fromkeys(point[key] for point in values if key in point))) for key in keys]
    return [(key, sorted(each, key=_rank)) for key, each in found if len(each) > 1]


def _rank(value: Any) -> tuple[bool, float, str]:
    is_number = isinstance(value, int | float)
    return (not is_number, float(value) if is_number else 0.0, str(value))
