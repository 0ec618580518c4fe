"""The last part of the period, tested once, by what came before it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from enerqis.interfaces.cv import PurgedParams, Split
from enerqis.quant.purging import trained_beside
from enerqis.quant.timeline import Timeline


class HoldoutParams(PurgedParams):
    """One split: the end of the period is the test."""

    kind: Literal["holdout"] = "holdout"
    test_fraction: Annotated[float, Field(gt=0.0, lt=1.0)] = Field(
        0.3, description="share of the bars that is tested, rounded up to whole bars"
    )


def splits(params: HoldoutParams, timeline: Timeline) -> Iterator[Split]:
    """Yield the one split."""
    test = (timeline.instants - math.ceil(timeline.instants * params.test_fraction), timeline.instants)
    yield Split(trained_beside(timeline, [test]), (test,))


def n_splits(params: HoldoutParams) -> int:
    """Return 1."""
    del params
    return 1
