"""A placed sweep as the index page shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from enerqis.io.parquet import read_any
from enerqis.pages.sweeps import SweepView, sweep_view
from enerqis.pipeline import receipts
from enerqis.pipeline.point_table import OBJECTIVES, POINTS_TABLE, parameter_names


def view_of(folder: Path, *, name: str, experiment: str) -> SweepView:
    """Return what the page shows of the sweep in a folder; a point that did not run over all bars has no score."""
    receipt, table = receipts.read(folder), read_any(folder / POINTS_TABLE)
    search = receipt["spec"]["search"]
    sign = 1.0 if search["direction"] == "maximize" else -1.0
    bars = table.column("bars_count").to_numpy()
    scores = np.where(
        bars == bars.max(initial=0), sign * table.column(OBJECTIVES[search["objective"]]).to_numpy(), np.nan
    )
    return sweep_view(
        name,
        experiment=experiment,
        facts=receipt["facts"],
        objective=search["objective"],
        parameters=parameter_names(table),
        points=table.to_pylist(),
        scores=scores.tolist(),
    )
