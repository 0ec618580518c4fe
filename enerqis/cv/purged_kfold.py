"""Folds one after the other, each tested once by all the others that neither purge nor embargo holds back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from enerqis.interfaces.cv import EmbargoedParams, Split
from enerqis.quant.purging import trained_beside
from enerqis.quant.timeline import Timeline
from enerqis.quant.windows import equal_folds


class PurgedKfoldParams(EmbargoedParams):
    """As many splits as folds; one path over the whole period."""

    kind: Literal["purged_kfold"] = "purged_kfold"
    n_folds: Annotated[int, Field(ge=2, le=1000)] = Field(5, description="equal parts of the period")


def splits(params: PurgedKfoldParams, timeline: Timeline) -> Iterator[Split]:
    """Yield one split a fold, in order of time."""
    for fold in equal_folds(timeline.instants, params.n_folds):
        yield Split(trained_beside(timeline, [fold]), (fold,))


def n_splits(params: PurgedKfoldParams) -> int:
    """Return the number of folds."""
    return params.n_folds
