"""Train on the past, test what follows, move on: the window keeps its length, or grows from the first bar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from enerqis.core.units import Bars
from enerqis.interfaces.cv import PurgedParams, Split
from enerqis.quant.timeline import Timeline
from enerqis.quant.windows import walked


class WalkForwardParams(PurgedParams):
    """Tests that follow each other without a gap; one path from the end of the first train window on."""

    kind: Literal["walk_forward"] = "walk_forward"
    train_bars: Bars = Field(
        504, description="bars of a train window, of the first one where anchored; purge not counted"
    )
    test_bars: Bars = Field(63, description="bars of each test")
    is_anchored: bool = Field(False, description="train windows begin at the first bar and grow, instead of rolling")
    is_last_kept: bool = Field(False, description="also test the bars left over at the end, fewer than test_bars")


def splits(params: WalkForwardParams, timeline: Timeline) -> Iterator[Split]:
    """Yield one split a test, in order of time."""
    for train, test in walked(
        timeline,
        train_bars=params.train_bars,
        test_bars=params.test_bars,
        is_anchored=params.is_anchored,
        is_last_kept=params.is_last_kept,
    ):
        yield Split(train, (test,))


def n_splits(params: WalkForwardParams) -> int | None:
    """Return None: it depends on the rows."""
    del params
    return None
