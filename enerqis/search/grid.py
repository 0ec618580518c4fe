"""Every combination of the space's values, the last key changing fastest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from enerqis.interfaces.search import Allows, Proposal, SpaceParams
from enerqis.spec.space import listed

BATCH = 1000
"""Points that are asked for together; a grid learns nothing, so that the number changes no point."""


class GridParams(SpaceParams):
    """Every combination."""

    kind: Literal["grid"] = "grid"
    max_trials: int = Field(100_000, ge=1, description="refused where there are more combinations")

    @model_validator(mode="after")
    def _is_finite(self) -> Self:
        count = 1
        for key, values in self.space.items():
            try:
                count *= len(listed(values))
            except ValueError as exc:
                raise ValueError(f"{key}: {exc}") from exc
        if count > self.max_trials:
            raise ValueError(
                f"{count} combinations are more than max_trials {self.max_trials}: widen steps or raise it"
            )
        return self


class Grid:
    """A grid under way."""

    def __init__(self, params: GridParams, allows: Allows) -> None:
        self.left_out = 0
        self._allows = allows
        self._points = self._every(params) if params.space else iter(())

    def ask(self) -> list[Proposal]:
        """Return the next points."""
        return list(itertools.islice(self._points, BATCH))

    def tell(self, scores: Sequence[float]) -> None:
        """Learn nothing."""

    def _every(self, params: GridParams) -> Iterator[Proposal]:
        keys = list(params.space)
        for values in itertools.product(*(listed(params.space[key]) for key in keys)):
            point = dict(zip(keys, values, strict=True))
            if self._allows(point):
                yield Proposal(point)
            else:
                self.left_out += 1


def searcher(params: GridParams, allows: Allows) -> Grid:
    """Return the grid at its first point."""
    return Grid(params, allows)
