"""``manifest.json`` of a package: what it is of, and every file in it by hash and size. No clock, host or path."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from enerqis.core.units import Sha256
from enerqis.spec.base import Spec
from enerqis.spec.params import Stem

Mode = Literal["package-only"]
"""What becomes of a package: it is written, and nothing is deployed."""

MODES: tuple[str, ...] = get_args(Mode)

Member = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.\-]*(/[A-Za-z0-9_][A-Za-z0-9_.\-]*)*$")]
"""Path of a file in the archive: plain names with / between, none that begins with a dot."""


class PackagedFile(Spec):
    """One file of the archive."""

    path: Member = Field(description="in the archive")
    sha256: Sha256 = Field(description="hash of its bytes")
    size: int = Field(ge=0, description="bytes")


class PackageManifest(Spec):
    """The whole file."""

    format: Literal["enerqis/package/1"] = Field(description="what this file is")
    mode: Mode = Field(description="package-only: nothing is deployed")
    experiment: Stem = Field(description="experiment that it is of")
    dataset: Stem = Field(description="dataset that it ran on; its data are not in the package")
    dataset_content: Sha256 = Field(description="hash of the dataset's content, by which the data are found again")
    run_id: Sha256 = Field(description="stage id of the backtest")
    result_sha256: Sha256 = Field(description="hash of orders, fills and equity")
    files: tuple[PackagedFile, ...] = Field(min_length=1, description="every file but this one, sorted by path")
