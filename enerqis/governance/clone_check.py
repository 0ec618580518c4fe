"""A clone held against the rules of its repository: files that are owned, line ends, checks, branch, hook, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from enerqis.governance.codeowners import rooted
from enerqis.governance.deviation import Deviation
from enerqis.governance.owners import Rule, owners_of
from enerqis.governance.rights import reviewers
from enerqis.io.clone import Clone
from enerqis.spec.repository import Repository
from enerqis.spec.roadmap import Roadmap

CHECKS = ".github/workflows/check.yml"
"""Workflow whose jobs every change must pass."""

GOVERNED_LINES = (".cbr/", "conf/", "docs/", "schemas/")
"""Files whose bytes are hashed or compared, so that git must keep their line ends on every system."""

LF = ("text eol=lf", "text=auto eol=lf", "-text")
"""Attributes by which git leaves LF as it is."""

MOST_NAMED = 3


def clone_deviations(
    clone: Clone, roadmap: Roadmap, repository: Repository, *, workflow: str | None
) -> Iterator[Deviation]:
    """Yield where a clone is not what the rules say.

    Parameters
    ----------
    clone : Clone
    roadmap, repository : the governed files
    workflow : str or None
        Content of the workflow of checks; None where there is none.
    """
    yield from _owned(clone, roadmap)
    yield from _line_ends(clone)
    yield from _checks(repository, workflow)
    yield from _branch(clone, repository)
    if repository.signed_commits and clone.unsigned:
        share = f"{len(clone.unsigned)} of the last {clone.commits} commits"
        yield Deviation(
            f"{repository.default_branch}: {share} carry no signature: {some([each[:12] for each in clone.unsigned])}",
            "sign what you commit: git config commit.gpgsign true; signatures are not verified here, GitHub does that",
        )
    if not clone.has_hook:
        yield Deviation("no hook runs before a commit here", "pre-commit install", is_fault=False)


def job_names(workflow: str) -> set[str]:
    """Return the names under which the jobs of a workflow report, as far as the text says them.

    A job without a name reports under its key; one whose name is worked out, by ``${{ }}`` or a matrix, is left out.
    """
    content: Any = yaml.safe_load(workflow)
    jobs: Mapping[str, Any] = content.get("jobs") or {} if isinstance(content, dict) else {}
    plain = {key: job for key, job in jobs.items() if "matrix" not in (job.get("strategy") or {})}
    names = {str(job.get("name", key)) for key, job in plain.items()}
    return {name for name in names if "${{" not in name}


def some(names: Iterable[str]) -> str:
    """Return the first few of a long list."""
    every = list(names)
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return ", ".join(every[:MOST_NAMED]) + more


def _owned(clone: Clone, roadmap: Roadmap) -> Iterator[Deviation]:
    for each in reviewers(roadmap):
        rule = Rule(rooted(each.pattern), ("reviewed",))
        if not any(owners_of(file.path, [rule]) for file in clone.files):
            yield Deviation(
                f".cbr/roadmap.yaml: step {each.step}: no tracked file is '{each.pattern}'",
                "take the pattern out of the step, or add the file; a guard may stand before its file does",
                is_fault=not each.is_guarded,
            )


def _line_ends(clone: Clone) -> Iterator[Deviation]:
    mixed = [file.path for file in clone.files if file.kept in ("crlf", "mixed")]
    if mixed:
        yield Deviation(
            f"{some(mixed)}: lines end in CRLF in git", "save with LF and commit: git add --renormalize FILE"
        )
    loose = [
        file.path
        for file in clone.files
        if file.path.startswith(GOVERNED_LINES) and file.kept != "-text" and file.attribute not in LF
    ]
    if loose:
        yield Deviation(
            f"{some(loose)}: .gitattributes does not keep LF", "add 'FOLDER/** text eol=lf' for them to .gitattributes"
        )


def _checks(repository: Repository, workflow: str | None) -> Iterator[Deviation]:
    if workflow is None:
        yield Deviation(f"{CHECKS}: missing, so that no check can pass", "take the file from git")
        return
    names = job_names(workflow)
    for name in sorted(set(repository.checks) - names):
        yield Deviation(
            f".cbr/repository.yaml: checks: '{name}' is no job of {CHECKS}, so that nothing can be merged",
            f"name one of {', '.join(sorted(names)) or 'its jobs'}, then 'enerqis repo generate'",
        )
    for name in sorted(names - set(repository.checks)):
        yield Deviation(
            f"{CHECKS}: job '{name}' may fail and be merged all the same",
            "add it to checks in .cbr/repository.yaml, then 'enerqis repo generate'",
        )


def _branch(clone: Clone, repository: Repository) -> Iterator[Deviation]:
    wanted = repository.default_branch
    if wanted not in clone.branches:
        yield Deviation(f"there is no branch '{wanted}' here", f"git fetch origin {wanted}", is_fault=False)
    if clone.remote_head and clone.remote_head != wanted:
        yield Deviation(
            f"the default branch of origin is '{clone.remote_head}'",
            f"make '{wanted}' the default branch there, or write it into .cbr/repository.yaml",
        )
