"""What the governance audit log is told of a secret that was given another value, or other keys: never the value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enerqis.governance.audit_log import append
from enerqis.io.project import Project

ALL = "secrets"
"""What an entry is about that tells of new keys for all of them."""


def record(project: Project, name: str, *, backend: str, facts: Mapping[str, Any]) -> str:
    """Tell the audit log of a rotation that was done, and return the hash of the entry.

    Parameters
    ----------
    project : Project
    name : str
        Of the secret; empty = all were encrypted anew, for the recipients or under the key as configured.
    backend : str
        As the policy calls it.
    facts : mapping
        Versions or counts.
    """
    subject = f"secret/{name}" if name else ALL
    return append(project, "rotate", subject=subject, facts={"backend": backend, **facts})
