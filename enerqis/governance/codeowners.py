"""``.github/CODEOWNERS``, written from the roadmap: a line a pattern, the last that matches decides."""

from __future__ import annotations

from enerqis.core.roles import Role
from enerqis.governance.rights import Reviewers, reviewers
from enerqis.spec.repository import Repository
from enerqis.spec.roadmap import Roadmap

PLACE = ".github/CODEOWNERS"

HEAD = """\
# Who reviews which files: drawn from .cbr/roadmap.yaml and .cbr/repository.yaml by 'enerqis repo generate'. Edit those.
# The last line that matches decides; one of its teams must approve. A lone team is the approver of a step that guards the file.
"""


def team(repository: Repository, role: Role) -> str:
    """Return the team of a role as GitHub names it: ``@organisation/team``."""
    return f"@{repository.organisation}/{repository.teams[role]}"


def codeowners(roadmap: Roadmap, repository: Repository) -> str:
    """Return the content of CODEOWNERS."""
    return HEAD + "".join(f"{_line(each, repository)}\n" for each in reviewers(roadmap))


def rooted(pattern: str) -> str:
    """Return a pattern of the roadmap as CODEOWNERS has it: from the root of the repository."""
    return pattern if pattern == "*" else f"/{pattern}"


def _line(each: Reviewers, repository: Repository) -> str:
    return " ".join([rooted(each.pattern), *(team(repository, role) for role in each.roles)])
