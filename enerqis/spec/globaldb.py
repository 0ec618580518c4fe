"""The Global Database: which folders it has, what each holds, what of the project it mirrors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.spec.base import Spec
from enerqis.spec.header import Word

FolderName = Annotated[str, Field(pattern=r"^[0-9]{2}_[a-z][a-z0-9_]{0,40}$")]
"""A numbered folder, such as ``02_data_catalogue``."""

RootName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$")]
Part = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]+(/[A-Za-z0-9_.\-]+)*$")]
"""A file or folder of the project."""

Drawn = Literal["datasets", "strategies", "experiments", "models", "reports", "risk", "register"]
"""What is drawn from the project: a page each, of its datasets, settings of strategies, experiments, models, reports, risk
profiles; ``register``: what the registry, the gates and the declaration of documents say."""


class TreeFolder(Spec):
    """One numbered folder."""

    title: str = Field(min_length=1, max_length=200, description="one line for its index")
    draws: Drawn | None = Field(None, description="pages that are drawn from the project; null = none")
    documents: tuple[Word, ...] = Field(
        (), description="kinds of governed documents (.cbr/documents.yaml) whose Markdown is placed here"
    )


class GlobalDb(Spec):
    """One tree. It is no part of an experiment, and no stage reads it."""

    root: RootName = Field("ENERQIS_GlobalDB_TREEBUILD", description="name of its folder, with which links begin")
    mirror: FolderName = Field("00_repo", description="folder that mirrors the governed part of the project")
    mirrored: tuple[Part, ...] = Field(
        (".cbr", "conf", "schemas", "docs"), description="files and folders of the project that are mirrored"
    )
    folders: dict[FolderName, TreeFolder] = Field(description="numbered folder -> what it holds")
