"""``.cbr/documents.yaml``: which documents are governed, so that each carries a header and a change of it is seen."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from enerqis.spec.base import Spec
from enerqis.spec.header import GovernanceLinks, Word

Pattern = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.*\-]+(/[A-Za-z0-9_.*\-]+)*\.(md|yaml)$")]
"""A file of the project, or several: ``docs/policies/*.md``."""


class GovernedDocuments(Spec):
    """The whole file."""

    root: str = Field(
        "ENERQIS_GlobalDB_TREEBUILD",
        pattern=r"^[A-Za-z0-9_.\-]+$",
        description="name of the Global Database's root folder, with which every link begins; that of conf/globaldb",
    )
    mirror: str = Field("00_repo", pattern=r"^[A-Za-z0-9_.\-]+$", description="its folder that mirrors this project")
    links: GovernanceLinks = Field(description="what every header links to")
    documents: dict[Word, tuple[Pattern, ...]] = Field(
        description="kind of document -> the files that must carry a header of this kind"
    )
