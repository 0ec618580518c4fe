"""No cross-validation: there is nothing to split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from enerqis.interfaces.cv import CvParams, Split
from enerqis.quant.timeline import Timeline


class NoneParams(CvParams):
    """The experiment is run once over its whole period."""

    kind: Literal["none"] = "none"


def splits(params: NoneParams, timeline: Timeline) -> Iterator[Split]:
    """Yield nothing."""
    del params, timeline
    return iter(())


def n_splits(params: NoneParams) -> int:
    """Return 0."""
    del params
    return 0
