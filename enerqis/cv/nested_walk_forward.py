"""Walk-forward with a search inside: each train window is walked through by windows of its own to choose what is tested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from enerqis.core.units import Bars
from enerqis.interfaces.cv import Split, WalkedParams, walk
from enerqis.quant.intervals import Interval, spread
from enerqis.quant.timeline import Timeline
from enerqis.quant.windows import walked


class NestedWalkForwardParams(WalkedParams):
    """As walk_forward; the search is fitted and judged on the inner splits alone, so that no test has a say in the choice."""

    kind: Literal["nested_walk_forward"] = "nested_walk_forward"
    train_bars: Bars = Field(756, description="bars of an outer train window, of the first one where anchored")
    test_bars: Bars = Field(126, description="bars of each outer test")
    inner_train_bars: Bars = Field(378, description="bars of a train window inside an outer one")
    inner_test_bars: Bars = Field(63, description="bars of each test inside an outer train window")
    is_anchored: bool = Field(False, description="train windows, outer and inner, begin at their first bar and grow")

    @model_validator(mode="after")
    def _fits_inside(self) -> Self:
        if self.inner_train_bars + self.inner_test_bars > self.train_bars:
            raise ValueError(
                f"inner_train_bars + inner_test_bars ({self.inner_train_bars + self.inner_test_bars}) must not be more than "
                f"train_bars ({self.train_bars})"
            )
        return self


def splits(params: NestedWalkForwardParams, timeline: Timeline) -> Iterator[Split]:
    """Yield one outer split a test, in order of time, each with its inner splits."""
    for train, test in walk(params, timeline):
        yield Split(train, (test,), tuple(_inside(params, timeline, train)))


def n_splits(params: NestedWalkForwardParams) -> int | None:
    """Return None: it depends on the rows."""
    del params
    return None


def _inside(params: NestedWalkForwardParams, timeline: Timeline, window: tuple[Interval, ...]) -> Iterator[Split]:
    """Yield the splits inside an outer train window, counted from the timeline's start."""
    for train, test in walked(
        timeline.only(window),
        train_bars=params.inner_train_bars,
        test_bars=params.inner_test_bars,
        is_anchored=params.is_anchored,
        is_last_kept=False,
    ):
        yield Split(tuple(part for each in train for part in spread(each, window)), spread(test, window))
