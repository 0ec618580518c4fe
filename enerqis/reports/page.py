"""One page for people: what became of the money, why, at what cost, on what data, and what made it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.interfaces.report import ReportContent, ReportParams
from enerqis.pages.experiment import experiment_page

Points = Annotated[int, Field(ge=200, le=10_000)]


class PageParams(ReportParams):
    """How much of a long run the page carries."""

    kind: Literal["page"] = "page"
    account_points: Points = Field(
        2400, description="points of the equity, drawdown and exposure charts; highs and lows survive the thinning"
    )


def render(params: PageParams, content: ReportContent) -> str:
    """Return the whole HTML document; it opens offline, prints, and is the same bytes for the same content."""
    return experiment_page(content, account_points=params.account_points)
