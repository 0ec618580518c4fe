"""Telling the trial ledger of a sweep: every point before it is run, and when it is over, in one append a part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from enerqis.engines.book import Floats
from enerqis.interfaces.search import SearchParams, objective_of
from enerqis.io.parquet import read_any
from enerqis.io.plugins import revive
from enerqis.io.project import Project
from enerqis.io.secrets import redact
from enerqis.pipeline.evaluating import Entry, Evaluation
from enerqis.pipeline.point_table import FIGURES, OBJECTIVES, POINTS_TABLE, figures_of
from enerqis.pipeline.standing import Best, Standing, best_of
from enerqis.quant.return_moments import Moments
from enerqis.quant.sharpe import AnnualSharpe, PeriodSharpe
from enerqis.tracking.ledger import Ledger
from enerqis.tracking.trial import Outcome, Row, Trial

DETAIL_CHARACTERS = 300
"""Longest reason kept of a failure."""

TOLD = {name: name for name in ("run_id", "trial", "content", "strategy_kind", "error", "signature", "same_as")} | {
    "bars_fraction": "fraction"
}
"""Columns of a table of points that the ledger is told, and what an entry calls them."""

PLAIN_OBJECTIVE = "sharpe_per_bar"
"""What the ledger calls the Sharpe ratio that points are judged by."""


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
        self._names = (dataset, experiment)
        self._begun = 0
        self._told: set[int] = set()
        self._known: dict[str, dict[str, AnnualSharpe]] = {}

    def take(self, evaluation: Evaluation) -> Standing:
        """Tell the ledger what is new since the last time, and return how the sweep stands."""
        entries, figures = evaluation.entries, evaluation.figures
        begun = [each for each in entries[self._begun :] if _is_own(each) and not each.is_over]
        over = [row for row, each in enumerate(entries) if each.is_over and row not in self._told]
        self._begun = len(entries)
        self._told.update(over)
        told = [self._ended(entries[row], figures[row]) for row in over if _is_own(entries[row])]
        self._ledger.record([*(self._trial(each, "started") for each in begun), *told])
        return self.standing(evaluation)

    def standing(self, evaluation: Evaluation) -> Standing:
        """Return how the sweep stands; the ledger is told nothing."""
        entries, figures = evaluation.entries, evaluation.figures
        scores = self._sign * evaluation.column(OBJECTIVES[self._objective])
        return Standing(evaluation, self._best(figures, scores, entries), scores)

    def found(self, table: pa.Table) -> Best | None:
        """Tell the ledger of a finished sweep what it does not know yet, and return the best point."""
        figures = figures_of(table)
        columns = zip(*(table.column(name).to_pylist() for name in TOLD), strict=True)
        entries = [Entry({}, **dict(zip(TOLD.values(), row, strict=True))) for row in columns]
        told = [self._ended(each, row) for each, row in zip(entries, figures, strict=True) if _is_own(each)]
        self._ledger.ensure(told)
        scores = self._sign * table.column(OBJECTIVES[self._objective]).to_numpy()
        return self._best(figures, scores, entries)

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
        return best_of(figures, scores, trials=len(own) + len(others), others=list(others.values()))

    def _ended(self, entry: Entry, row: Floats) -> Trial:
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
        objective = found[OBJECTIVES[self._objective]]
        return replace(self._trial(entry, "finished"), moments=moments, objective=objective, signature=entry.signature)

    def _trial(self, entry: Entry, outcome: Outcome) -> Trial:
        name = PLAIN_OBJECTIVE if self._objective == "sharpe" else self._objective
        part = "" if entry.fraction == 1.0 else f"first {entry.fraction:g} of the bars"
        return Trial(
            entry.trial,
            entry.content,
            outcome,
            entry.run_id,
            entry.strategy_kind,
            *self._names,
            part,
            objective_name=name,
        )


def _ratio(rows: Sequence[Row]) -> AnnualSharpe:
    """Return the ratio of a trial from the last of its rows that has one; NaN where none has."""
    moments = next((each.trial.moments for each in reversed(rows) if each.trial.moments is not None), None)
    if moments is None or not math.isfinite(moments.sharpe) or not moments.periods_per_year > 0.0:
        return AnnualSharpe(math.nan)
    return PeriodSharpe(moments.sharpe).annual(moments.periods_per_year)


def _is_own(entry: Entry) -> bool:
    """Whether a point is a trial, and not only another name of an earlier one."""
    return bool(entry.trial) and entry.same_as < 0
