"""A finished sweep as the index page shows it: its best points, and a heatmap of all over two parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from enerqis.pages import formatting, verdict
from enerqis.quant.heatmap import Heatmap, heatmap

SHOWN = 5
TALLEST, WIDEST = 40, 40
LEVELS = 8
"""Shades of the heatmap, 1 the worst."""

COLUMNS: Mapping[str, str] = {
    "sharpe_annual_ratio": "Sharpe ratio",
    "total_return_fraction": "Return",
    "max_drawdown_fraction": "Worst fall",
    "fills_count": "Fills",
}


class Cell(NamedTuple):
    """One cell of a heatmap: its shade, 0 = no point, and what it says when it is looked at."""

    level: int
    says: str


class SweepView(NamedTuple):
    """What the page shows of a sweep.

    Parameters
    ----------
    name, experiment, sentence : str
    luck : str
        How much of the best point is luck.
    headings : tuple of str
    rows : tuple of tuple of str
        The best points, best first.
    heat : Heatmap or None
    cells : tuple of tuple of Cell
        A row for each of the heatmap's.
    """

    name: str
    experiment: str
    sentence: str
    luck: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heat: Heatmap | None
    cells: tuple[tuple[Cell, ...], ...]


def sweep_view(
    name: str,
    *,
    experiment: str,
    facts: Mapping[str, Any],
    objective: str,
    parameters: Sequence[str],
    points: Sequence[Mapping[str, Any]],
    scores: Sequence[float],
    deflated_sharpe: float,
) -> SweepView:
    """Return what the page shows of a sweep.

    Parameters
    ----------
    name, experiment : str
    facts : mapping
        Counts of the sweep's receipt.
    objective : str
        What points were judged by.
    parameters : sequence of str
        Columns of the swept keys.
    points : sequence of mapping
        Rows of its table.
    scores : sequence of float
        Of each; more is better, NaN = failed, or not run over all bars.
    deflated_sharpe : float
        Of the best point, given the points of this sweep; NaN where nothing can be said.
    """
    order = sorted((i for i, score in enumerate(scores) if math.isfinite(score)), key=lambda i: (-scores[i], i))
    best = [points[i] for i in order if points[i]["same_as"] < 0][:SHOWN]
    values = [{key: point[key] for key in parameters} for point in points]
    heat = heatmap(values, scores, tallest=TALLEST, widest=WIDEST)
    counted = f"{facts['points']} points, {facts['failed']} failed, {facts['left_out']} left out by constraints"
    return SweepView(
        name,
        experiment,
        f"{counted}; judged by {objective}",
        _luck(deflated_sharpe) if best else "",
        (*parameters, *COLUMNS.values()),
        tuple(
            (*(_word(point[key]) for key in parameters), *(formatting.figure(key, point[key]) for key in COLUMNS))
            for point in best
        ),
        heat,
        _cells(heat) if heat else (),
    )


def _luck(deflated_sharpe: float) -> str:
    """Return what a deflated Sharpe ratio says of the best point."""
    if not math.isfinite(deflated_sharpe):
        return "Whether the best point is more than luck cannot be said of so few."
    said = f"the best of these points has a deflated Sharpe ratio of {verdict.probability(deflated_sharpe)}"
    return f"Where what else was tried on the data is not counted, {said}: {verdict.word(deflated_sharpe)}."


def _cells(heat: Heatmap) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        tuple(
            Cell(0, "no point")
            if score is None
            else Cell(1 + min(LEVELS - 1, int(heat.share(score) * LEVELS)), f"{row}, {column}: {score:.4g}")
            for column, score in zip(heat.columns, line, strict=True)
        )
        for row, line in zip(heat.rows, heat.cells, strict=True)
    )


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
