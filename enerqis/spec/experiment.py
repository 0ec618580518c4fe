"""The whole spec of one experiment. Plug-in fields are generic: composition closes them over the kinds it finds."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import Field

from enerqis.spec.base import OUTSIDE_IDENTITY, Spec
from enerqis.spec.dataset import Dataset
from enerqis.spec.execution import Execution
from enerqis.spec.tracking import Tracking
from enerqis.spec.universe import Universe

ConnectorT = TypeVar("ConnectorT", bound=Spec)
FeatureT = TypeVar("FeatureT", bound=Spec)
StrategyT = TypeVar("StrategyT", bound=Spec)
CostT = TypeVar("CostT", bound=Spec)
RiskT = TypeVar("RiskT", bound=Spec)
CvT = TypeVar("CvT", bound=Spec)
SearchT = TypeVar("SearchT", bound=Spec)
MetricT = TypeVar("MetricT", bound=Spec)
ReportT = TypeVar("ReportT", bound=Spec)


def _not_chosen() -> Any:
    """Return what stands for a group that an experiment need not choose of; validating makes it the kind ``none``."""
    return {"kind": "none"}


class Experiment(Spec, Generic[ConnectorT, FeatureT, StrategyT, CostT, RiskT, CvT, SearchT, MetricT, ReportT]):
    """One resolved experiment."""

    question: str = Field(
        "",
        description="what the experiment asks, one sentence; shown in lists and reports",
        json_schema_extra=OUTSIDE_IDENTITY,
    )
    dataset: Dataset[ConnectorT] = Field(description="the data, shared between experiments")
    universe: Universe = Field(description="symbols and period")
    feature: dict[str, FeatureT] = Field(default_factory=dict, description="feature columns by name")
    strategy: StrategyT = Field(description="indicators and decisions")
    cost: CostT = Field(description="commission, slippage and carry")
    risk: RiskT = Field(description="limits that bound every decision")
    execution: Execution = Field(description="engine and fill rules")
    cv: CvT = Field(default_factory=_not_chosen, description="train and test ranges of a validation")
    search: SearchT = Field(
        default_factory=_not_chosen, description="which other values a sweep of this experiment tries"
    )
    metric: dict[str, MetricT] = Field(min_length=1, description="figures by name")
    report: ReportT = Field(description="the page a person reads")
    tracking: Tracking = Field(description="where runs are logged")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="seed of everything random")
