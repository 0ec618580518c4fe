"""What a Global Database keeps about itself, and what is kept of it when it is frozen."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from enerqis.core.units import Sha256
from enerqis.spec.base import Spec
from enerqis.spec.header import Prefixed


class TreeFile(Spec):
    """One file of the tree as ENERQIS wrote it last."""

    sha256: Sha256 = Field(description="hash of its bytes")
    drawn: Sha256 | None = Field(None, description="of a human file: hash of the payload as the project gave it last")
    is_made: bool = Field(True, description="false: a person put it there, only its twin was made")


class TreeManifest(Spec):
    """``MANIFEST.json`` at the root of the tree: only what stands here is ever overwritten or removed."""

    format: Literal["enerqis/globaldb/1"] = "enerqis/globaldb/1"
    files: dict[str, TreeFile] = Field(description="by path below the root")


class BaselineFile(Spec):
    """``.cbr/baseline.json``: the tree as it was frozen last."""

    format: Literal["enerqis/baseline/1"] = "enerqis/baseline/1"
    baseline: Prefixed = Field(description="hash over all files")
    files: dict[str, Sha256] = Field(description="SHA-256 by path below the root")
