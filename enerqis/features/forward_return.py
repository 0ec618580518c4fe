"""The simple return over the bars that follow: a label, known only at their end."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from enerqis.core.units import Bars
from enerqis.indicators.roc import roc
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.indicator import IndicatorCall


class ForwardReturnParams(FeatureParams):
    """Column ``value``: close after the horizon over close, less 1, in fractions; no strategy may read it."""

    kind: Literal["forward_return"] = "forward_return"
    horizon_bars: Bars = Field(5, description="bars of its symbol after which the return is known")


def columns(params: ForwardReturnParams) -> dict[str, IndicatorCall]:
    """Return the return over the horizon that ends at a bar; the stage dates it back to where the horizon begins."""
    return {"value": roc("close", params.horizon_bars)}
