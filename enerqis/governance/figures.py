"""Figures of an experiment before and after, from ``data/metrics/EXPERIMENT.json`` as git keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEADLINES = (
    "sharpe_ratio",
    "annual_return_fraction",
    "max_drawdown_fraction",
    "trades_count",
    "out_of_sample_sharpe_ratio",
    "overfitting_fraction",
    "trials_count",
    "deflated_sharpe_fraction",
)
"""Figures that a review always shows; the others are counted, and stand in its JSON."""
LEAKS = "leak_findings_count"
NOT_KNOWN, NONE_FOUND = "not recorded", "no leak found"


@dataclass(frozen=True)
class Figures:
    """What both sides say of one experiment.

    Parameters
    ----------
    old, new : dict of str to float
        Every figure by name; empty where a side has no result.
    is_old_current, is_new_current : bool
        Whether a side's figures are those of its spec; False where a stage has yet to run.
    """

    old: dict[str, float]
    new: dict[str, float]
    is_old_current: bool
    is_new_current: bool

    @property
    def is_comparable(self) -> bool:
        """Whether both sides have results of their own spec."""
        return bool(self.old and self.new and self.is_old_current and self.is_new_current)

    def differing(self) -> list[str]:
        """Return the names of figures that differ, headlines first."""
        names = [*HEADLINES, *sorted({*self.old, *self.new} - set(HEADLINES))]
        return [name for name in names if self.old.get(name) != self.new.get(name)]

    @property
    def leaks(self) -> tuple[str, str]:
        """What the leak tests said on each side."""
        return _leaks(self.old, is_current=self.is_old_current), _leaks(self.new, is_current=self.is_new_current)


def figures_of(document: Mapping[str, Any] | None) -> dict[str, float]:
    """Return metrics and validation figures of one file by name; empty where there is none."""
    if not document:
        return {}
    return {**document.get("metrics", {}), **document.get("validation", {})}


def _leaks(figures: Mapping[str, float], *, is_current: bool) -> str:
    if not is_current:
        return "not tested yet"
    count = figures.get(LEAKS)
    if count is None:
        return NOT_KNOWN
    return NONE_FOUND if count == 0 else f"{count:.0f} found"
