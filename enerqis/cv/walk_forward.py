"""Train on the past, test what follows, move on: the window keeps its length, or grows from the first bar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from enerqis.interfaces.cv import Split, WalkedParams, walk
from enerqis.quant.timeline import Timeline


class WalkForwardParams(WalkedParams):
    """Tests that follow each other without a gap; one path from the end of the first train window on."""

    kind: Literal["walk_forward"] = "walk_forward"


def splits(params: WalkForwardParams, timeline: Timeline) -> Iterator[Split]:
    """Yield one split a test, in order of time."""
    for train, test in walk(params, timeline):
        yield Split(train, (test,))


def n_splits(params: WalkForwardParams) -> int | None:
    """Return None: it depends on the rows."""
    del params
    return None
