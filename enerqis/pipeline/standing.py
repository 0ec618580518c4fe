"""How a sweep stands: its best point, and how much of that is luck, given how many were tried."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from enerqis.engines.book import Floats
from enerqis.pipeline.evaluating import Evaluation
from enerqis.pipeline.point_table import FIGURES
from enerqis.quant.deflation import TrialSharpes, deflated_sharpe
from enerqis.quant.sharpe import AnnualSharpe, Kurtosis, PeriodSharpe
from enerqis.quant.track import TrackRecord


class Standing(NamedTuple):
    """A sweep at one moment.

    Parameters
    ----------
    evaluation : Evaluation
    best : Best or None
    scores : ndarray of shape (n_points,)
        More is better; NaN = none.
    """

    evaluation: Evaluation
    best: Best | None
    scores: Floats


class Best(NamedTuple):
    """The best point of a sweep so far.

    Parameters
    ----------
    row : int
        Its number.
    figures : mapping of str to float
        Columns of `enerqis.core.tables.POINTS` from ``bars_count`` on.
    deflated_sharpe : float
        Probability that its true Sharpe ratio is above zero, given the trials; NaN where nothing can be said.
    trials : int
        How many that counts.
    """

    row: int
    figures: Mapping[str, float]
    deflated_sharpe: float
    trials: int


def over_all_bars(scores: Floats, fractions: Floats) -> Floats:
    """Return scores without those of points that were run over a part of their bars only, as in a rung: NaN there.

    How many bars all are is each point's own matter: points may be of several universes.
    """
    whole: Floats = np.where(fractions == 1.0, scores, np.nan)
    return whole


def best_row(scores: Floats) -> int | None:
    """Return the number of the best score; None where there is none."""
    return int(np.nanargmax(scores)) if np.isfinite(scores).any() else None


def best_of(figures: Floats, scores: Floats, *, trials: int, others: Sequence[AnnualSharpe] = ()) -> Best | None:
    """Return the best point, judged by `scores`; None where none has one.

    Parameters
    ----------
    figures : ndarray of shape (n_points, n_figures)
        Of all points, in the order of `FIGURES`.
    scores : ndarray of shape (n_points,)
        More is better; NaN = no score, as of a point that was run over a part of its bars, see `over_all_bars`.
    trials : int
        Configs that were tried on the data in all: those of the ledger and of this sweep.
    others : sequence of AnnualSharpe
        Ratios of those that are no points of this sweep.
    """
    row = best_row(scores)
    if row is None:
        return None
    found: dict[str, Any] = dict(zip(FIGURES, figures[row].tolist(), strict=True))
    sharpes = [PeriodSharpe(each) for each in figures[:, FIGURES.index("sharpe_per_bar_ratio")].tolist()]
    if found["bars_per_year"] > 0.0:
        sharpes += [each.per_period(found["bars_per_year"]) for each in others]
    return Best(row, found, _deflated(found, sharpes, trials), trials)


def _deflated(found: Mapping[str, float], sharpes: Sequence[PeriodSharpe], trials: int) -> float:
    """Return the deflated Sharpe ratio, by how far the ratios of all trials on the data lie apart."""
    known = [each for each in sharpes if math.isfinite(each.value)]
    if len(known) < 2 or not math.isfinite(found["kurtosis"]) or found["bars_count"] < 3:
        return math.nan
    spread = TrialSharpes.of(known, count=max(trials, len(known)))
    try:
        track = TrackRecord(
            count=int(found["bars_count"]) - 1,
            sharpe=PeriodSharpe(found["sharpe_per_bar_ratio"]),
            skewness=found["skewness"],
            kurtosis=Kurtosis(full=found["kurtosis"]),
        )
    except ValueError:
        return math.nan
    return deflated_sharpe(track, spread)
