"""Where runs are logged."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from enerqis.spec.base import OUTSIDE_IDENTITY, Spec


class Tracking(Spec):
    """MLflow by default: a SQLite file in the project, or a server."""

    kind: Literal["mlflow"] = Field("mlflow", description="tracker")
    tracking_uri: str = Field(
        "sqlite:///.enerqis/mlflow.db",
        min_length=1,
        description="MLflow tracking address; relative sqlite files lie in the project; may be secret://a/b",
        json_schema_extra=OUTSIDE_IDENTITY,
    )
    experiment_name: str = Field("enerqis", min_length=1, description="name of the MLflow experiment")
