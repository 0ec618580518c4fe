"""Any indicator as a column: the indicator, its sources and its numbers are chosen in YAML."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.core.units import Name
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.indicator import IndicatorCall, declare


class IndicatorParams(FeatureParams):
    """One column ``value``, or one for each output, ``value_OUTPUT``; `enerqis list indicators` names what there is."""

    kind: Literal["indicator"] = "indicator"
    indicator: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = Field(description="name of the indicator")
    source: tuple[Name, ...] = Field(("close",), min_length=1, description="fields of the bar it reads, in its order")
    arguments: dict[str, float] = Field(
        default_factory=dict, description="its numbers by name, such as lookback_bars; all of them"
    )


def columns(params: IndicatorParams) -> dict[str, IndicatorCall]:
    """Return the indicator as column ``value``; composition checks it against the indicators that exist."""
    return {"value": declare(params.indicator, params.source, **params.arguments)}
