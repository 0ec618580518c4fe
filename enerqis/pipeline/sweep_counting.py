"""Telling the trial ledger of a sweep: every point before it is run, and when it is over, in one append a part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from enerqis.engines.book import Floats
from enerqis.interfaces.search import SearchParams, objective_of
from enerqis.io.parquet import read_any
from enerqis.io.plugins import revive
from enerqis.io.project import Project
from enerqis.pipeline.evaluating import Entry, Evaluation
from enerqis.pipeline.point_table import OBJECTIVES, POINTS_TABLE, figures_of
from enerqis.pipeline.point_trials import PointTrials, entries_in, is_own, rows_of_trials
from enerqis.pipeline.standing import Best, Standing, best_of
from enerqis.quant.sharpe import AnnualSharpe, PeriodSharpe
from enerqis.tracking.ledger import Ledger
from enerqis.tracking.trial import Row


def search_of(project: Project, plain: dict[str, Any]) -> SearchParams:
    """Return the Params of a search from a slice."""
    params = revive("search", plain["kind"], plain, SearchParams, project.plugins).params
    assert isinstance(params, SearchParams)
    return params


class SweepCount:
    """The trials of one sweep.

    Parameters
    ----------
    ledger : Ledger
    search : SearchParams
        Says what points are judged by.
    experiment, dataset : str
        Stems of their files.
    """

    def __init__(self, ledger: Ledger, search: SearchParams, *, experiment: str, dataset: str) -> None:
        self._ledger = ledger
        self._objective, self._sign = objective_of(search)
        self._rows = PointTrials(self._objective, experiment, dataset)
        self._begun = 0
        self._told: set[int] = set()
        self._known: dict[str, dict[str, AnnualSharpe]] = {}

    def take(self, evaluation: Evaluation) -> Standing:
        """Tell the ledger what is new since the last time, and return how the sweep stands."""
        entries, figures = evaluation.entries, evaluation.figures
        begun = [each for each in entries[self._begun :] if is_own(each) and not each.is_over]
        over = [row for row, each in enumerate(entries) if each.is_over and row not in self._told]
        self._begun = len(entries)
        self._told.update(over)
        told = [self._rows.ended(entries[row], figures[row]) for row in over if is_own(entries[row])]
        self._ledger.record([*map(self._rows.started, begun), *told])
        return self.standing(evaluation)

    def standing(self, evaluation: Evaluation) -> Standing:
        """Return how the sweep stands; the ledger is told nothing."""
        entries, figures = evaluation.entries, evaluation.figures
        scores = self._sign * evaluation.column(OBJECTIVES[self._objective])
        return Standing(evaluation, self._best(figures, scores, entries), scores)

    def found(self, table: pa.Table) -> Best | None:
        """Tell the ledger of a finished sweep what it does not know yet, and return the best point."""
        self._ledger.ensure(self._rows.of_table(table))
        scores = self._sign * table.column(OBJECTIVES[self._objective]).to_numpy()
        return self._best(figures_of(table), scores, entries_in(table))

    def found_in(self, folder: Path) -> Best | None:
        """Tell the ledger of the finished sweep in a folder, as `found`."""
        return self.found(read_any(folder / POINTS_TABLE))

    def _best(self, figures: Floats, scores: Floats, entries: Sequence[Entry]) -> Best | None:
        """Return the best point among the trials of the ledger and those of the sweep, on the data of its first point."""
        content = next((each.content for each in entries if each.content), "")
        if content not in self._known:
            rows = self._ledger.keys(content) if content else {}
            self._known[content] = {key: _ratio(each) for key, each in rows.items()}
        own = {each.trial for each in entries if each.content == content} - {""}
        others = {key: ratio for key, ratio in self._known[content].items() if key not in own}
        last = rows_of_trials(entries)
        found = best_of(figures[last], scores[last], trials=len(own) + len(others), others=list(others.values()))
        return None if found is None else found._replace(row=last[found.row])


def _ratio(rows: Sequence[Row]) -> AnnualSharpe:
    """Return the ratio of a trial from the last of its rows that has one; NaN where none has."""
    moments = next((each.trial.moments for each in reversed(rows) if each.trial.moments is not None), None)
    if moments is None or not math.isfinite(moments.sharpe) or not moments.periods_per_year > 0.0:
        return AnnualSharpe(math.nan)
    return PeriodSharpe(moments.sharpe).annual(moments.periods_per_year)
