"""Points drawn from the space by chance, each value independent of the others; none is drawn twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from enerqis.interfaces.search import Allows, DrawnParams, Draws, Patience, Proposal


class RandomParams(DrawnParams):
    """Points drawn by chance."""

    kind: Literal["random"] = "random"


class Random:
    """A random search under way."""

    def __init__(self, params: RandomParams, allows: Allows) -> None:
        self._params = params
        self._draws = Draws(params.space, params.seed, allows)
        self._patience = Patience(params.patience_trials)
        self._asked = 0

    @property
    def left_out(self) -> int:
        """Points left out so far."""
        return self._draws.left_out

    def ask(self) -> list[Proposal]:
        """Return the next points."""
        if self._patience.is_over or not self._params.space:
            return []
        wanted = min(self._params.batch_trials, self._params.trials - self._asked)
        points = self._draws.take(wanted)
        self._asked += len(points)
        return [Proposal(point) for point in points]

    def tell(self, scores: Sequence[float]) -> None:
        """Count the points since the best one."""
        self._patience.take(scores)


def searcher(params: RandomParams, allows: Allows) -> Random:
    """Return the search at its first draw."""
    return Random(params, allows)
