"""How many trials there were on a dataset, how far their Sharpe ratios lie apart, and how many ideas they were."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from enerqis.quant.deflation import TrialSharpes, deflated_sharpe
from enerqis.quant.effective_trials import SAME_IDEA, clusters
from enerqis.quant.return_moments import Moments
from enerqis.quant.sharpe import PeriodSharpe
from enerqis.quant.signatures import correlations_of
from enerqis.quant.track import TrackRecord

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


class Elsewhere(NamedTuple):
    """Trials on other contents of the same dataset, which K does not count, and how many contents those are."""

    trials: int = 0
    contents: int = 0


NOT_ELSEWHERE = Elsewhere()


@dataclass(frozen=True)
class TrialCount:
    """What deflation needs of the trials on one dataset content.

    Parameters
    ----------
    sharpes : TrialSharpes
        K, failed ones counted, and the variance of ratios per period.
    ideas : TrialSharpes
        The same of groups of trials, each with the mean ratio of its trials.
    evaluated : int
        Trials that have a Sharpe ratio.
    better : int
        Trials with a higher one than the trial that is looked at.
    unlike : int
        Trials that have one and no signature, as an older version left them: nobody knows which of them go together.
    days : tuple of (date, int)
        How many of the others each day brought, in order; a trial without a day is in none.
    elsewhere : Elsewhere
    """

    sharpes: TrialSharpes
    ideas: TrialSharpes
    evaluated: int
    better: int = 0
    unlike: int = 0
    days: tuple[tuple[date, int], ...] = ()
    elsewhere: Elsewhere = NOT_ELSEWHERE

    @property
    def count(self) -> int:
        """K: trials, whatever the strategy and however they ended."""
        return self.sharpes.count

    @property
    def effective(self) -> int:
        """Groups of trials whose returns go together; those without returns count each by itself."""
        return self.ideas.count

    def deflated_sharpe(self, track: TrackRecord) -> float:
        """Return the deflated Sharpe ratio of a record among them: by all trials, or by their ideas where that leaves less.

        Variants of one idea lie close together: many of them make the variance of all ratios small, and would make the best of
        few different ideas look like skill.
        """
        return min(deflated_sharpe(track, self.sharpes), deflated_sharpe(track, self.ideas))


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
    chance = _chance(trials[-1].moments, periods_per_year)
    ideas = _means(ratios, groups([each.signature for each in known]))
    return TrialCount(
        sharpes=TrialSharpes.of(found, count=len(known), chance=chance),
        ideas=TrialSharpes.of(ideas, chance=chance),
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
    return max(groups(signatures), default=-1) + 1


def groups(signatures: Sequence[str]) -> list[int]:
    """Return the number of the idea, from 0, that each trial belongs to; one without a signature is an idea of its own."""
    distinct = sorted({each for each in signatures if each})
    first, rest = distinct[:MOST_CLUSTERED], distinct[MOST_CLUSTERED:]
    correlation = correlations_of(first, first)
    np.fill_diagonal(correlation, 1.0)
    found = clusters(correlation).tolist()
    _, founders = np.unique(found, return_index=True)
    further = itertools.count(len(founders))
    for near, greatest in _nearest(rest, [first[row] for row in founders]):
        found.append(near if greatest >= SAME_IDEA else next(further))
    idea_of = dict(zip(distinct, found, strict=True))
    return [idea_of[each] if each else next(further) for each in signatures]


def _nearest(signatures: Sequence[str], founders: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Yield the founder that each trial goes with most, and how much; some at a time, so that memory does not grow."""
    for start in range(0, len(signatures), MOST_CLUSTERED):
        correlation = correlations_of(signatures[start : start + MOST_CLUSTERED], founders)
        yield from zip(correlation.argmax(axis=1).tolist(), correlation.max(axis=1).tolist(), strict=True)


def _means(ratios: Sequence[PeriodSharpe], ideas: Sequence[int]) -> list[PeriodSharpe]:
    """Return the mean ratio of each idea's trials; NaN where none has one."""
    of: dict[int, list[float]] = {idea: [] for idea in ideas}
    for ratio, idea in zip(ratios, ideas, strict=True):
        if math.isfinite(ratio.value):
            of[idea].append(ratio.value)
    return [PeriodSharpe(math.fsum(each) / len(each) if each else math.nan) for each in of.values()]


def _chance(moments: Moments | None, periods_per_year: float) -> float:
    """Return the variance, per period asked for, of the ratio of a trial without skill that is as long as this one."""
    if moments is None or moments.periods < 2 or not moments.periods_per_year > 0.0:
        return 0.0
    return moments.periods_per_year / periods_per_year / (moments.periods - 1)


def _ratio(moments: Moments | None, periods_per_year: float) -> PeriodSharpe:
    if moments is None or not math.isfinite(moments.sharpe) or not moments.periods_per_year > 0.0:
        return PeriodSharpe(math.nan)
    return PeriodSharpe(moments.sharpe).annual(moments.periods_per_year).per_period(periods_per_year)
