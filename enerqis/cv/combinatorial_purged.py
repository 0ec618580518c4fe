"""Combinatorial purged cross-validation: every choice of k folds among N is tested by the others; many paths, not one.

References
----------
Lopez de Prado (2018), Advances in Financial Machine Learning, chapter 12.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from enerqis.interfaces.cv import EmbargoedParams, Split
from enerqis.quant.purging import trained_beside
from enerqis.quant.timeline import Timeline
from enerqis.quant.windows import equal_folds

MAX_SPLITS = 100_000
"""More splits than anyone can run: a spec that asks for them is a mistake."""


class CombinatorialPurgedParams(EmbargoedParams):
    """C(N, k) splits, each fold tested C(N-1, k-1) times: as many paths over the whole period."""

    kind: Literal["combinatorial_purged"] = "combinatorial_purged"
    n_folds: Annotated[int, Field(ge=2, le=1000)] = Field(10, description="N, equal parts of the period")
    n_test_folds: Annotated[int, Field(ge=1, le=999)] = Field(
        2, description="k, folds tested in each split; fewer than N"
    )

    @model_validator(mode="after")
    def _enough_to_train(self) -> Self:
        if self.n_test_folds >= self.n_folds:
            raise ValueError(f"n_test_folds ({self.n_test_folds}) must be less than n_folds ({self.n_folds})")
        if math.comb(self.n_folds, self.n_test_folds) > MAX_SPLITS:
            raise ValueError(f"C({self.n_folds}, {self.n_test_folds}) splits are more than {MAX_SPLITS}: lower n_folds")
        return self


def splits(params: CombinatorialPurgedParams, timeline: Timeline) -> Iterator[Split]:
    """Yield one split a choice of folds, in the order of `itertools.combinations`."""
    folds = equal_folds(timeline.instants, params.n_folds)
    for tests in itertools.combinations(folds, params.n_test_folds):
        yield Split(trained_beside(timeline, tests), tests)


def n_splits(params: CombinatorialPurgedParams) -> int:
    """Return C(N, k)."""
    return math.comb(params.n_folds, params.n_test_folds)


def n_paths(params: CombinatorialPurgedParams) -> int:
    """Return C(N, k) * k / N: how many paths `enerqis.interfaces.cv.paths` finds."""
    return math.comb(params.n_folds - 1, params.n_test_folds - 1)
