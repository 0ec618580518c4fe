"""How many trials there were on a dataset, how far their Sharpe ratios lie apart, and how many ideas they were."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from enerqis.quant.deflation import TrialSharpes
from enerqis.quant.effective_trials import SAME_IDEA, clusters
from enerqis.quant.return_moments import Moments
from enerqis.quant.sharpe import PeriodSharpe
from enerqis.quant.signatures import correlations_of

MOST_CLUSTERED = 2_000
"""Trials that are clustered; a further one is an idea of its own unless it goes with the first trial of a cluster."""


class Figures(NamedTuple):
    """What is known of one trial; no moments and an empty signature where it failed or was abandoned.

    Parameters
    ----------
    key : str
    moments : Moments or None
    signature : str
        `enerqis.quant.signatures`.
    recorded : date or None
        UTC day on which a ledger first knew of it, where that is known.
    """

    key: str
    moments: Moments | None
    signature: str
    recorded: date | None = None


@dataclass(frozen=True)
class TrialCount:
    """What deflation needs of the trials on one dataset content.

    Parameters
    ----------
    sharpes : TrialSharpes
        K, failed ones counted, and the variance of ratios per period.
    effective : int
        Groups of trials whose returns go together; those without returns count each by itself.
    evaluated : int
        Trials that have a Sharpe ratio.
    better : int
        Trials with a higher one than the trial that is looked at.
    unlike : int
        Trials that have one and no signature, as an older version left them: nobody knows which of them go together.
    days : tuple of (date, int)
        How many of the others each day brought, in order; a trial without a day is in none.
    """

    sharpes: TrialSharpes
    effective: int
    evaluated: int
    better: int = 0
    unlike: int = 0
    days: tuple[tuple[date, int], ...] = ()

    @property
    def count(self) -> int:
        """K: trials, whatever the strategy and however they ended."""
        return self.sharpes.count


def count_trials(trials: Sequence[Figures], *, periods_per_year: float) -> TrialCount:
    """Count trials on one dataset content.

    Parameters
    ----------
    trials : sequence of Figures
        At least one, the trial that is looked at last. Of several with one key the last counts, and
        the earliest day of them.
    periods_per_year : float
        Of the record that is deflated: each ratio is turned from its own period into that one, by the square root of time.
    """
    known = list({each.key: each for each in trials}.values())
    ratios = [_ratio(each.moments, periods_per_year) for each in known]
    found = [ratio for ratio in ratios if math.isfinite(ratio.value)]
    own = _ratio(trials[-1].moments, periods_per_year).value
    return TrialCount(
        sharpes=TrialSharpes.of(found, count=len(known)),
        effective=effective_count([each.signature for each in known]),
        evaluated=len(found),
        better=sum(ratio.value > own for ratio in found),
        unlike=sum(each.moments is not None and not each.signature for each in known),
        days=_days([each for each in trials if each.key != trials[-1].key]),
    )


def _days(trials: Sequence[Figures]) -> tuple[tuple[date, int], ...]:
    """Return how many trials have each day as their earliest."""
    first: dict[str, date] = {}
    for each in trials:
        if each.recorded is not None:
            first[each.key] = min(each.recorded, first.get(each.key, each.recorded))
    return tuple(sorted(Counter(first.values()).items()))


def effective_count(signatures: Sequence[str]) -> int:
    """Return how many ideas trials with these signatures were; one without a signature is an idea of its own."""
    distinct = sorted({each for each in signatures if each})
    alone = sum(not each for each in signatures)
    first, rest = distinct[:MOST_CLUSTERED], distinct[MOST_CLUSTERED:]
    correlation = correlations_of(first, first)
    np.fill_diagonal(correlation, 1.0)
    groups = clusters(correlation)
    _, founders = np.unique(groups, return_index=True)
    return len(founders) + _strangers(rest, [first[row] for row in founders]) + alone


def _strangers(signatures: Sequence[str], founders: Sequence[str]) -> int:
    """Return how many trials go with no founder, some at a time so that memory does not grow with their number."""
    parts = (signatures[start : start + MOST_CLUSTERED] for start in range(0, len(signatures), MOST_CLUSTERED))
    return sum(int((correlations_of(part, founders).max(axis=1, initial=-1.0) < SAME_IDEA).sum()) for part in parts)


def _ratio(moments: Moments | None, periods_per_year: float) -> PeriodSharpe:
    if moments is None or not math.isfinite(moments.sharpe) or not moments.periods_per_year > 0.0:
        return PeriodSharpe(math.nan)
    return PeriodSharpe(moments.sharpe).annual(moments.periods_per_year).per_period(periods_per_year)
