"""Many points over the first bars, the better ones over more: a rung runs what is left over a larger part of the data.

The part grows from the start of the data by the factor `reduction` from rung to rung, and one in `reduction` points goes on;
the last rung runs over all bars. A point that was left behind is a trial like any other: it was looked at.

References
----------
Jamieson and Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization, AISTATS 51, algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from enerqis.core.units import PositiveFraction
from enerqis.interfaces.search import Allows, DrawnParams, Draws, Proposal
from enerqis.spec.space import Scalar


class SuccessiveHalvingParams(DrawnParams):
    """Rungs over growing parts of the data; `trials` points are drawn for the first one."""

    kind: Literal["successive_halving"] = "successive_halving"
    first_fraction: PositiveFraction = Field(0.25, description="part of the bars, from the start, of the first rung")
    reduction: int = Field(2, ge=2, le=100, description="one in so many points goes on, over so many times the bars")


class Halving:
    """A search under way: the points of the present rung."""

    def __init__(self, params: SuccessiveHalvingParams, allows: Allows) -> None:
        self._params = params
        self._draws = Draws(params.space, params.seed, allows)
        self._rung: list[dict[str, Scalar]] = self._draws.take(params.trials) if params.space else []
        self._fraction = params.first_fraction

    @property
    def left_out(self) -> int:
        """Points left out so far."""
        return self._draws.left_out

    def ask(self) -> list[Proposal]:
        """Return the points of the next rung."""
        return [Proposal(point, self._fraction) for point in self._rung]

    def tell(self, scores: Sequence[float]) -> None:
        """Keep the best of the rung, in the order they were drawn; nothing after the last one."""
        if self._fraction >= 1.0:
            self._rung = []
            return
        alive = [i for i, score in enumerate(scores) if not math.isnan(score)]
        kept = max(1, len(self._rung) // self._params.reduction)
        best = sorted(alive, key=lambda i: (-scores[i], i))[:kept]
        self._rung = [self._rung[i] for i in sorted(best)]
        self._fraction = min(1.0, self._fraction * self._params.reduction)


def searcher(params: SuccessiveHalvingParams, allows: Allows) -> Halving:
    """Return the search at its first rung."""
    return Halving(params, allows)
