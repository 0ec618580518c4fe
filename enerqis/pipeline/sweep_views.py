"""A placed sweep as the index page shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from enerqis.engines.book import Floats
from enerqis.io.parquet import read_any
from enerqis.pages.sweeps import SweepView, sweep_view
from enerqis.pipeline import receipts
from enerqis.pipeline.point_table import OBJECTIVES, POINTS_TABLE, figures_of, parameter_names
from enerqis.pipeline.point_trials import entries_in, rows_of_trials
from enerqis.pipeline.standing import best_of, over_all_bars


def view_of(folder: Path, *, name: str, experiment: str) -> SweepView:
    """Return what the page shows of the sweep in a folder; a point that did not run over all bars has no score."""
    receipt, table = receipts.read(folder), read_any(folder / POINTS_TABLE)
    search = receipt["spec"]["search"]
    scores = scores_in(table, search)
    rows = rows_of_trials(entries_in(table))
    best = best_of(figures_of(table)[rows], scores[rows], trials=len(rows))
    return sweep_view(
        name,
        experiment=experiment,
        facts=receipt["facts"],
        objective=search["objective"],
        parameters=parameter_names(table),
        points=table.to_pylist(),
        scores=scores.tolist(),
        deflated_sharpe=best.deflated_sharpe if best else math.nan,
    )


def scores_in(table: pa.Table, search: Mapping[str, Any]) -> Floats:
    """Return the score of each point, more is better; NaN where it failed or did not run over all bars."""
    sign = 1.0 if search["direction"] == "maximize" else -1.0
    scores = sign * table.column(OBJECTIVES[search["objective"]]).to_numpy()
    return over_all_bars(scores, table.column("bars_fraction").to_numpy())
