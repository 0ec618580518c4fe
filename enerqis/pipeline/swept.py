"""A finished sweep: its table, its points in the order of their scores, and what is left of the best one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from enerqis.compose.unions import AnyExperiment
from enerqis.engines.book import Floats
from enerqis.interfaces.search import SearchParams, objective_of
from enerqis.io.arrow import integers
from enerqis.pipeline.point_table import FAILED, OBJECTIVES, parameter_names
from enerqis.pipeline.standing import Best, over_all_bars


@dataclass(frozen=True)
class Swept:
    """A finished sweep.

    Parameters
    ----------
    experiment, dataset : str
    base : Experiment
        The experiment without the swept words.
    folder : Path
        Entry of the store: ``points.parquet`` and its receipt.
    stage_id : str
    is_new : bool
        False where it was in the store.
    facts : dict
        Points, failed, repeated, left out by constraints, trials.
    table : pyarrow.Table
    best : Best or None
        The best point, and what is left of it after counting the trials on its data.
    """

    experiment: str
    dataset: str
    base: AnyExperiment
    folder: Path
    stage_id: str
    is_new: bool
    facts: dict[str, Any]
    table: pa.Table
    best: Best | None = None

    @property
    def parameters(self) -> list[str]:
        """Names of the swept keys."""
        return parameter_names(self.table)

    def ranked(self) -> list[dict[str, Any]]:
        """Return the points that ran over all their bars, the best first; equal ones once."""
        scores = scores_of(self.table, self.base.search)
        order = np.argsort(-scores, kind="stable")
        first = [int(row) for row in order if math.isfinite(scores[row])]
        rows: list[dict[str, Any]] = self.table.take(integers(np.array(first, dtype=np.int64))).to_pylist()
        return [row for row in rows if row["same_as"] < 0]

    def failed(self) -> list[dict[str, Any]]:
        """Return the points that failed, in order."""
        rows: list[dict[str, Any]] = [row for row in self.table.to_pylist() if row["status"] == FAILED]
        return rows


def scores_of(table: pa.Table, search: SearchParams) -> Floats:
    """Return the score of each point of a table: more is better, NaN where it failed or did not run over all its bars."""
    objective, sign = objective_of(search)
    scores: Floats = sign * table.column(OBJECTIVES[objective]).to_numpy()
    return over_all_bars(scores, table.column("bars_fraction").to_numpy())
