"""The points of a sweep as trials: rows for the ledger, from a sweep under way or from the table of a finished one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa

from enerqis.engines.book import Floats
from enerqis.io.secrets import redact
from enerqis.pipeline.evaluating import Entry
from enerqis.pipeline.point_table import FIGURES, OBJECTIVES, figures_of
from enerqis.quant.return_moments import Moments
from enerqis.tracking.trial import Outcome, Trial

DETAIL_CHARACTERS = 300
"""Longest reason kept of a failure."""

TOLD = {name: name for name in ("run_id", "trial", "content", "strategy_kind", "error", "signature", "same_as")} | {
    "bars_fraction": "fraction"
}
"""Columns of a table of points that the ledger is told, and what an entry calls them; an older table has no signature."""

PLAIN_OBJECTIVE = "sharpe_per_bar"
"""What the ledger calls the Sharpe ratio that points are judged by."""


class PointTrials(NamedTuple):
    """What the trials of one sweep share.

    Parameters
    ----------
    objective : str
        What points are judged by, a key of `OBJECTIVES`.
    experiment, dataset : str
        Stems of their files.
    """

    objective: str
    experiment: str
    dataset: str

    def started(self, entry: Entry) -> Trial:
        """Return the row of a point before it is run."""
        return self._trial(entry, "started")

    def ended(self, entry: Entry, row: Floats) -> Trial:
        """Return the row of a point that is over, from its figures in the order of `FIGURES`."""
        if entry.error:
            return replace(self._trial(entry, "failed"), detail=redact(entry.error)[:DETAIL_CHARACTERS])
        found = dict(zip(FIGURES, row.tolist(), strict=True))
        moments = Moments(
            int(found["bars_count"]) - 1,
            found["mean_return_fraction"],
            found["return_deviation_fraction"],
            found["skewness"],
            found["kurtosis"],
            found["bars_per_year"],
        )
        objective = found[OBJECTIVES[self.objective]]
        return replace(self._trial(entry, "finished"), moments=moments, objective=objective, signature=entry.signature)

    def of_table(self, table: pa.Table) -> list[Trial]:
        """Return the rows of all points of a finished sweep."""
        pairs = zip(entries_in(table), figures_of(table), strict=True)
        return [self.ended(entry, row) for entry, row in pairs if is_own(entry)]

    def _trial(self, entry: Entry, outcome: Outcome) -> Trial:
        return Trial(
            entry.trial,
            entry.content,
            outcome,
            entry.run_id,
            entry.strategy_kind,
            self.dataset,
            self.experiment,
            part="" if entry.fraction == 1.0 else f"first {entry.fraction:g} of the bars",
            objective_name=PLAIN_OBJECTIVE if self.objective == "sharpe" else self.objective,
        )


def entries_in(table: pa.Table) -> Sequence[Entry]:
    """Return the points that a table holds, without their parameters."""
    named = {name: each for name, each in TOLD.items() if name in table.column_names}
    columns = zip(*(table.column(name).to_pylist() for name in named), strict=True)
    return [Entry({}, **dict(zip(named.values(), row, strict=True))) for row in columns]


def is_own(entry: Entry) -> bool:
    """Whether a point is a trial, and not only another name of an earlier one."""
    return bool(entry.trial) and entry.same_as < 0


def rows_of_trials(entries: Sequence[Entry]) -> list[int]:
    """Return the row that speaks for each trial: of a point that a rung kept, its last; a point whose spec is wrong is none."""
    return sorted({each.trial: row for row, each in enumerate(entries) if is_own(each)}.values())
