"""Models closed over the plug-ins that a project has: each plug-in field becomes a union told apart by ``kind``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

from enerqis.compose.stamps import folder_stamp
from enerqis.interfaces.connector import ConnectorParams
from enerqis.interfaces.cost import CarryParams, CommissionParams, SlippageParams
from enerqis.interfaces.cv import CvParams
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.metric import MetricParams
from enerqis.interfaces.report import ReportParams
from enerqis.interfaces.risk import LimitParams
from enerqis.interfaces.search import SearchParams
from enerqis.interfaces.strategy import StrategyParams
from enerqis.io.plugins import Kind, params_class, scan
from enerqis.io.project import Project
from enerqis.spec.base import Spec
from enerqis.spec.cost import CostProfile
from enerqis.spec.dataset import Dataset
from enerqis.spec.execution import Execution
from enerqis.spec.experiment import Experiment
from enerqis.spec.globaldb import GlobalDb
from enerqis.spec.risk import RiskProfile
from enerqis.spec.tracking import Tracking
from enerqis.spec.universe import Universe

AnyExperiment = Experiment[Any, Any, Any, Any, Any, Any, Any, Any, Any]
"""An experiment over whatever kinds the project has."""

AnyDataset = Dataset[Any]
"""A dataset of whatever connector the project has."""

SORTS: Mapping[str, tuple[str, type[Spec]]] = {
    "connector": ("connectors", ConnectorParams),
    "feature": ("features", FeatureParams),
    "strategy": ("strategies", StrategyParams),
    "commission": ("costs", CommissionParams),
    "slippage": ("costs", SlippageParams),
    "carry": ("costs", CarryParams),
    "limit": ("risk", LimitParams),
    "cv": ("cv", CvParams),
    "search": ("search", SearchParams),
    "metric": ("metrics", MetricParams),
    "report": ("reports", ReportParams),
}
"""Sorts of plug-in that have Params: the family that is scanned and the base class that tells the sort."""


@dataclass(frozen=True)
class OneOf:
    """Annotation of a field that holds one of several models, chosen by its key ``kind``, which must be written.

    Parameters
    ----------
    sort : str
        Key of `SORTS`, for messages.
    models : mapping of kind to model
    """

    sort: str
    models: Mapping[str, type[Spec]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a union tagged by ``kind``; unlike pydantic's own, also of a single model."""
        del source
        choices: dict[Any, CoreSchema] = {kind: handler.generate_schema(model) for kind, model in self.models.items()}
        nothing: dict[Any, CoreSchema] = {"": core_schema.none_schema()}  # a family without plug-ins admits no value
        return core_schema.tagged_union_schema(choices or nothing, discriminator="kind")


@dataclass(frozen=True)
class Models:
    """The models of one project.

    Parameters
    ----------
    experiment : type
        The whole spec.
    dataset : type
        One dataset.
    groups : mapping of group to type or annotation
        What one file of each group holds.
    """

    experiment: type[AnyExperiment]
    dataset: type[AnyDataset]
    groups: Mapping[str, Any]


def models(project: Project) -> Models:
    """Return the models of `project`, built once for the plug-ins that stand there.

    Raises
    ------
    PluginError
        If a plug-in cannot be imported or does not fit its family.
    """
    plugins = project.plugins if project.plugins.is_dir() else None
    return _models(plugins, folder_stamp(plugins, "*.py") if plugins else 0)


@lru_cache(maxsize=4)
def _models(plugins: Path | None, stamp: int) -> Models:
    del stamp
    one_of: dict[str, Any] = {
        sort: Annotated[Spec, OneOf(sort, _params(sort, plugins))] for sort in SORTS if sort != "limit"
    }
    cost = _closed(CostProfile, one_of["commission"], one_of["slippage"], one_of["carry"])
    risk = _risk_profile(scan("risk", plugins))
    families = [one_of[sort] for sort in ("connector", "feature", "strategy")]
    experiment = _closed(
        Experiment, *families, cost, risk, *(one_of[sort] for sort in ("cv", "search", "metric", "report"))
    )
    dataset = _closed(Dataset, one_of["connector"])
    groups = {
        **{sort: one_of[sort] for sort in ("connector", "feature", "strategy", "cv", "search", "metric", "report")},
        "dataset": dataset,
        "universe": Universe,
        "cost": cost,
        "risk": risk,
        "execution": Execution,
        "tracking": Tracking,
        "globaldb": GlobalDb,
    }
    return Models(experiment, dataset, groups)


def _closed(generic: Any, *arguments: Any) -> Any:
    """Return a generic model with its plug-in fields filled in."""
    return generic[arguments]


def kinds_of(sort: str, plugins: Path | None) -> dict[str, Kind]:
    """Return the plug-ins of one sort by kind, sorted by name."""
    family, base = SORTS[sort]
    return {name: kind for name, kind in scan(family, plugins).items() if params_class(kind, base) is not None}


def _params(sort: str, plugins: Path | None) -> dict[str, type[Spec]]:
    family, base = SORTS[sort]
    found = {name: params_class(kind, base) for name, kind in scan(family, plugins).items()}
    return {name: params for name, params in found.items() if params is not None}


def _risk_profile(kinds: Mapping[str, Kind]) -> type[RiskProfile]:
    """Return the risk model: one optional block a limit kind, absent or null = the limit is off."""
    fields: dict[str, Any] = {}
    for name, kind in kinds.items():
        params = params_class(kind, LimitParams)
        if params is not None:
            fields[name] = (params | None, Field(None, description=kind.summary))
    return create_model("Risk", __base__=RiskProfile, __doc__="Limits; one that is absent is off.", **fields)
