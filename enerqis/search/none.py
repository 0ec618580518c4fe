"""No search: an experiment is what its spec says."""

from __future__ import annotations

from typing import Literal

from enerqis.interfaces.search import Allows, Proposal, SearchParams


class NoneParams(SearchParams):
    """No search."""

    kind: Literal["none"] = "none"


class _Nothing:
    """A search without points."""

    left_out = 0

    def ask(self) -> list[Proposal]:
        """Return no point."""
        return []

    def tell(self, scores: object) -> None:
        """Take nothing."""


def searcher(params: NoneParams, allows: Allows) -> _Nothing:
    """Return a search that is finished."""
    return _Nothing()
