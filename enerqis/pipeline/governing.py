"""The governed documents of a project with what its register and this installation say: where both meet."""

from __future__ import annotations

import platform
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from enerqis.core.clock import utc_now
from enerqis.core.errors import ConfigError, DataError, Problem
from enerqis.governance.audit_log import read_log
from enerqis.governance.baseline import baselines
from enerqis.governance.documents import DECLARED, Documents
from enerqis.governance.headers import Stamp
from enerqis.io.project import Project


def documents(project: Project, *, tree: Path | None = None) -> Documents:
    """Return the governed documents of a project.

    Parameters
    ----------
    project : Project
    tree : Path, optional
        Root of the Global Database that links lead into; by default where the project declares it.
    """
    return Documents(project, tree=tree, baselines=baselines(read_log(project)))


def stamp_of(found: Documents, doc_type: str, *, built_at: datetime | None = None) -> Stamp:
    """Return what a header says that this installation stamps now, or as of `built_at`."""
    own = version("enerqis")
    tools = {"enerqis": own, "python": platform.python_version()}
    return found.wanted(doc_type, built_at=built_at or utc_now(), builder=f"enerqis {own}", tools=tools)


def governed_documents(project: Project) -> list[Path]:
    """Return the governed documents; none where a project declares none, or wrongly."""
    try:
        return list(documents(project).types) if is_declared(project) else []
    except (ConfigError, DataError):
        return []


def document_problems(project: Project) -> list[Problem]:
    """Return what is wrong with the governed documents; nothing where a project declares none."""
    try:
        return list(documents(project).problems()) if is_declared(project) else []
    except ConfigError as exc:
        return list(exc.problems)
    except DataError as exc:
        return [Problem("", "", str(exc))]


def is_declared(project: Project) -> bool:
    """Return whether a project says which of its documents are governed."""
    return (project.root / DECLARED).is_file()
