"""Files that connectors read: where they lie in the project, and how their bytes are laid out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from enerqis.core.units import Name, Sha256
from enerqis.spec.base import Place, Spec


def _inside(place: str) -> str:
    path = PurePosixPath(place)
    if path.is_absolute() or "\\" in place or ":" in path.parts[0] or ".." in path.parts:
        raise ValueError(f"'{place}' must be a relative path with / that stays inside: no absolute path, no '..'")
    return place


InsidePath = Annotated[Place, AfterValidator(_inside)]
"""A relative path that stays inside its project or package; outside the identity."""


class ProjectFile(Spec):
    """One file of the project."""

    file: InsidePath = Field(description="path in the project, such as prices/eurusd.csv")
    sha256: Sha256 | None = Field(None, description="digest of its bytes; null = whatever the file holds, for try-outs")
    symbol: Name | None = Field(None, description="instrument of the whole file; null = a column names it")


class Layout(Spec):
    """Bytes to columns of text; what the columns mean is the dataset's business. A name ending in .gz is decompressed."""

    format: Literal["csv", "json", "jsonl"] = Field(
        "csv", description="csv; json = an array of objects or an object of arrays; jsonl = an object a line"
    )
    separator: Literal[",", ";", "\t", "|", " "] = Field(",", description="mark between the fields of a CSV row")
    encoding: Literal["utf-8", "latin-1", "cp1252", "utf-16"] = Field("utf-8", description="encoding of the text")
    skip_rows: int = Field(0, ge=0, le=1000, description="lines before the header")
    header: tuple[str, ...] | None = Field(
        None, description="names of the columns where the file has no header line; null = the first line names them"
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if self.header is not None and len(set(self.header)) != len(self.header):
            raise ValueError("header names must not repeat")
        return self
