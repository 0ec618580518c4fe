"""How unusual a value is, by a mean and a deviation fitted over the bars before: a fitted score."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.core.units import Name
from enerqis.indicators.zscore import zscore
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.indicator import IndicatorCall


class FittedZscoreParams(FeatureParams):
    """Column ``value``: deviations from the mean, both fitted anew at every bar over the last bars, none of them ahead."""

    kind: Literal["fitted_zscore"] = "fitted_zscore"
    source: Name = Field("close", description="field of the bar that is scored")
    fit_bars: Annotated[int, Field(ge=2, le=1_000_000)] = Field(
        60, description="bars that mean and deviation are fitted over, the bar itself included"
    )


def columns(params: FittedZscoreParams) -> dict[str, IndicatorCall]:
    """Return the score as column ``value``."""
    return {"value": zscore(params.source, params.fit_bars)}
