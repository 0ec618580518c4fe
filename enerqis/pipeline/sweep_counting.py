"""Telling the trial ledger of a sweep: every point before it is run, and when it is over, in one append a part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from enerqis.engines.book import Floats
from enerqis.interfaces.search import SearchParams, objective_of
from enerqis.io.parquet import read_any
from enerqis.io.plugins import revive
from enerqis.io.project import Project
from enerqis.pipeline.evaluating import Entry, Evaluation
from enerqis.pipeline.known_trials import known_trials
from enerqis.pipeline.point_table import OBJECTIVES, POINTS_TABLE, figures_of
from enerqis.pipeline.point_trials import PointTrials, entries_in, is_own, rows_of_trials
from enerqis.pipeline.standing import Best, Standing, best_of, best_row, over_all_bars
from enerqis.quant.return_moments import Moments
from enerqis.quant.sharpe import AnnualSharpe, PeriodSharpe
from enerqis.tracking.ledger import Ledger
from enerqis.tracking.trial import Row


def search_of(project: Project, plain: dict[str, Any]) -> SearchParams:
    """Return the Params of a search from a slice."""
    params = revive("search", plain["kind"], plain, SearchParams, project.plugins).params
    assert isinstance(params, SearchParams)
    return params


class SweepCount:
    """The trials of one sweep, among those that the ledger and ``.cbr/trials`` know of: a fresh clone has the latter only.

    Parameters
    ----------
    root : Path
        Of the project.
    ledger : Ledger
    search : SearchParams
        Says what points are judged by.
    experiment, dataset : str
        Stems of their files.
    """

    def __init__(self, root: Path, ledger: Ledger, search: SearchParams, *, experiment: str, dataset: str) -> None:
        self._root = root
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
        """Return the best point among all that is known to have been tried on the data that it ran on."""
        whole = over_all_bars(scores, np.array([each.fraction for each in entries]))
        row = best_row(whole)
        if row is None:
            return None
        content = entries[row].content
        own = {each.trial for each in entries if each.content == content}
        others = [ratio for key, ratio in self._tried(content).items() if key not in own]
        last = [
            row if entries[each].trial == entries[row].trial else each
            for each in rows_of_trials(entries)
            if entries[each].content == content
        ]
        found = best_of(figures[last], whole[last], trials=len(own) + len(others), others=others)
        return None if found is None else found._replace(row=last[found.row])

    def _tried(self, content: str) -> dict[str, AnnualSharpe]:
        """Return the ratio of each trial on a content that git or the ledger knew of when it was first asked, by key."""
        if content not in self._known:
            recorded = {each.key: _annual(each.moments) for each in known_trials(self._root, content)}
            told = {key: _annual(_latest(rows)) for key, rows in self._ledger.keys(content).items()}
            self._known[content] = told | {
                key: ratio for key, ratio in recorded.items() if not _is_known(told.get(key))
            }
        return self._known[content]


def _latest(rows: Sequence[Row]) -> Moments | None:
    """Return the moments of the last row of a trial that has any."""
    return next((each.trial.moments for each in reversed(rows) if each.trial.moments is not None), None)


def _annual(moments: Moments | None) -> AnnualSharpe:
    """Return the ratio of a trial; NaN where it has none."""
    if moments is None or not math.isfinite(moments.sharpe) or not moments.periods_per_year > 0.0:
        return AnnualSharpe(math.nan)
    return PeriodSharpe(moments.sharpe).annual(moments.periods_per_year)


def _is_known(ratio: AnnualSharpe | None) -> bool:
    return ratio is not None and math.isfinite(ratio.value)
