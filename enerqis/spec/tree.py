"""What a Global Database keeps about itself, and what is kept of it when it is frozen."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from enerqis.core.units import Sha256
from enerqis.spec.base import Spec
from enerqis.spec.header import Prefixed


def _stays_below(path: str) -> str:
    if not path or path.startswith("/") or ".." in PurePosixPath(path).parts:
        raise ValueError("a path below the root, without '..'")
    return path


Below = Annotated[str, AfterValidator(_stays_below)]
"""Path of a file below the root of the tree, with slashes: what is removed by it lies in the tree."""


class TreeFile(Spec):
    """One file of the tree as ENERQIS wrote it last."""

    sha256: Sha256 = Field(description="hash of its bytes")
    drawn: Sha256 | None = Field(None, description="of a human file: hash of the payload as the project gave it last")
    is_made: bool = Field(True, description="false: a person put it there, only its twin was made")


class TreeManifest(Spec):
    """``MANIFEST.json`` at the root of the tree: only what stands here is ever overwritten or removed."""

    format: Literal["enerqis/globaldb/1"] = "enerqis/globaldb/1"
    files: dict[Below, TreeFile] = Field(description="by path below the root")


class BaselineFile(Spec):
    """``.cbr/baseline.json``: the tree as it was frozen last."""

    format: Literal["enerqis/baseline/1"] = "enerqis/baseline/1"
    baseline: Prefixed = Field(description="hash over all files")
    files: dict[Below, Sha256] = Field(description="SHA-256 by path below the root")
