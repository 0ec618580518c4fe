"""Where runs are logged, and where trials are counted."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator

from enerqis.spec.base import OUTSIDE_IDENTITY, Spec
from enerqis.spec.secrets import NAME_PATTERN

CREDENTIALS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/\s]*@")
"""An address with user information before its host."""

IN_QUERY = re.compile(r"[?&][^=&]*(?:passw|secret|token|credential)[^=&]*=", re.IGNORECASE)
"""An address whose query gives a password, as libpq reads it."""

REFERENCE = "secret://"


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
    ledger_uri: str = Field(
        "sqlite:///.enerqis/ledger.db",
        min_length=1,
        description="trial ledger: sqlite:///FILE in the project, postgresql://HOST/DATABASE, or secret://a/b",
        json_schema_extra=OUTSIDE_IDENTITY,
    )

    @field_validator("tracking_uri", "ledger_uri")
    @classmethod
    def _no_plain_secret(cls, value: str) -> str:
        if value.startswith(REFERENCE):
            if not re.fullmatch(NAME_PATTERN, value.removeprefix(REFERENCE)):
                raise ValueError("not a reference. Write secret://NAME/NAME, each NAME lower-case letters, digits or _")
        elif CREDENTIALS.match(value) or IN_QUERY.search(value):
            raise ValueError(
                "the address holds a user or password in plain text. Write the whole address as secret://NAME/NAME "
                "and keep it where docs/secrets.md says"
            )
        return value
