"""``.cbr/repository.yaml``: where the repository lies and what its main branch asks of a change."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from enerqis.core.roles import ROLES, Role
from enerqis.spec.base import Spec

Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$")]
"""Name of an organisation or a team, as GitHub writes it in addresses."""

RepositoryName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
BranchName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.][A-Za-z0-9_./-]*$")]
Merge = Literal["merge", "squash", "rebase"]


class ReviewRules(Spec):
    """What a pull request needs before it may be merged."""

    approvals: int = Field(ge=1, le=6, description="how many people must approve")
    code_owner: bool = Field(True, description="one of them owns the files, by CODEOWNERS")
    dismiss_stale: bool = Field(True, description="a push takes earlier approvals away")
    last_push: bool = Field(True, description="somebody other than who pushed last must approve")
    resolve_threads: bool = Field(True, description="every thread of comments must be closed")


class Repository(Spec):
    """The whole of ``.cbr/repository.yaml``."""

    format: Literal["enerqis/repository/1"] = Field(description="what this file is")
    organisation: Slug = Field(description="who the repository and the teams belong to")
    name: RepositoryName = Field(description="name of the repository")
    default_branch: BranchName = Field("main", description="the branch that the rules protect")
    teams: dict[Role, Slug] = Field(description="team of each role, by the name in its address")
    review: ReviewRules
    checks: tuple[str, ...] = Field(min_length=1, description="jobs of the workflows that must have passed, by name")
    up_to_date: bool = Field(True, description="a branch must hold the newest state of the default branch when checked")
    merges: tuple[Merge, ...] = Field(("squash",), min_length=1, description="ways in which it may be merged")
    linear_history: bool = Field(True, description="no merge commits on the default branch")
    signed_commits: bool = Field(True, description="every commit carries a signature that GitHub can verify")

    @model_validator(mode="after")
    def _check(self) -> Self:
        absent = [role for role in ROLES if role not in self.teams]
        if absent:
            raise ValueError(f"no team for {', '.join(absent)}; every role needs one")
        if self.linear_history and "merge" in self.merges:
            raise ValueError("linear_history allows no merge commits: take 'merge' out of merges")
        if self.signed_commits and "rebase" in self.merges:
            raise ValueError("GitHub cannot sign what it rebases: with signed_commits, take 'rebase' out of merges")
        return self
