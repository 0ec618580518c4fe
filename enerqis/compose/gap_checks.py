"""Checks of a validation against what it validates: no purge shorter than the horizon, no embargo shorter than a fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from enerqis.compose.composed import Composed
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import Problem
from enerqis.interfaces.cv import fit_windows, horizons
from enerqis.spec.dataset import frequency_minutes


class Need(NamedTuple):
    """A gap, and what an experiment declares that it has to cover.

    Parameters
    ----------
    gap : str
        ``purge`` or ``embargo``: its keys end in ``_bars`` and ``_hours``.
    what : str
        What declarations say of it, for messages.
    declared : mapping of key to int
        Bars, by the key of the spec that says so.
    """

    gap: str
    what: str
    declared: Mapping[str, int]


def short_gaps(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem for each purge or embargo that is shorter than what the experiment declares."""
    limits = dict(experiment.risk.limits())
    needs = (
        Need("purge", "the outcome of a decision is known", horizons(experiment.feature, limits, experiment.execution)),
        Need("embargo", "a fitted score looks back", fit_windows(experiment.feature)),
    )
    hours_a_bar = frequency_minutes(experiment.dataset.resample or experiment.dataset.frequency) / 60
    for need in needs:
        if not need.declared:
            continue
        source, bars = max(need.declared.items(), key=lambda each: each[1])
        reason = f"{need.what} {bars} bars {'later' if need.gap == 'purge' else ''}".rstrip() + f" ({source})"
        stated = getattr(experiment.cv, f"{need.gap}_bars", None)
        if stated is not None and stated < bars:
            advice = f"Write at least {bars}, or null to follow what is declared."
            yield _problem(composed, f"{need.gap}_bars", f"{stated} is too short: {reason}. {advice}")
        hours = getattr(experiment.cv, f"{need.gap}_hours", 0.0)
        if 0.0 < hours < bars * hours_a_bar:
            advice = f"Write at least {bars * hours_a_bar:g}, or 0 to follow what is declared in bars."
            yield _problem(composed, f"{need.gap}_hours", f"{hours:g} is too short: {reason}. {advice}")


def _problem(composed: Composed, key: str, message: str) -> Problem:
    return Problem(composed.where(("cv", key)), f"cv.{key}", message)
