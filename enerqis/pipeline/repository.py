"""The repository's own rules: what is drawn from the roadmap, whether it is fresh, and a clone or GitHub held against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from enerqis.core.errors import DataError, SetupError
from enerqis.governance import clone_check, codeowners, github_check, headers, roadmap_page, ruleset
from enerqis.governance.clone_check import CHECKS
from enerqis.governance.deviation import Deviation
from enerqis.governance.drawing import with_blocks
from enerqis.governance.rights import unlike_approvers
from enerqis.io.atomic import write_text
from enerqis.io.clone import read_clone
from enerqis.io.github import GitHub
from enerqis.io.project import Project
from enerqis.io.secrets import is_reference
from enerqis.io.yaml_model import read_yaml
from enerqis.pipeline.governing import documents, stamp_of
from enerqis.spec.approvers import Approvers
from enerqis.spec.repository import Repository
from enerqis.spec.roadmap import Roadmap
from enerqis.vaults.resolving import resolve

ROADMAP = Path(".cbr/roadmap.yaml")
REPOSITORY = Path(".cbr/repository.yaml")
APPROVERS = Path(".cbr/approvers.yaml")
READER = "repository"
"""How the policy of secrets calls who reads the token."""

PAGE = "docs/repository.md"
"""Page of the rules; its tables are drawn."""


class Rules(NamedTuple):
    """What the governed files say of the repository."""

    roadmap: Roadmap
    repository: Repository


def rules(project: Project) -> Rules:
    """Return the rules of a project.

    Raises
    ------
    SetupError
        If the project declares none.
    ConfigError
        If a file of them is wrong.
    """
    absent = [place.as_posix() for place in (ROADMAP, REPOSITORY) if not (project.root / place).is_file()]
    if absent:
        raise SetupError(
            f"{' and '.join(absent)}: missing. This project has no rules of a repository; schemas/roadmap.schema.json and "
            "schemas/repository.schema.json say what stands in the two files."
        )
    return Rules(
        read_yaml(project.root / ROADMAP, Roadmap, shown=ROADMAP.as_posix()),
        read_yaml(project.root / REPOSITORY, Repository, shown=REPOSITORY.as_posix()),
    )


def drawn(project: Project, found: Rules) -> dict[str, str]:
    """Return the text of every file that is drawn, by its path in the project; a governed one without its header."""
    blocks = {
        "reviewers": roadmap_page.reviewers_table(found.roadmap),
        "rights": roadmap_page.rights_table(found.roadmap),
        "roles": roadmap_page.roles_table(found.repository),
    }
    return {
        codeowners.PLACE: codeowners.codeowners(found.roadmap, found.repository),
        ruleset.PLACE: ruleset.ruleset_text(found.repository),
        PAGE: with_blocks(_payload(project, PAGE), blocks, shown=PAGE),
        roadmap_page.PLACE: roadmap_page.roadmap_page(found.roadmap),
    }


def stale(project: Project) -> list[str]:
    """Return the drawn files that are missing or differ from what the governed files give, sorted."""
    return sorted(name for name, text in drawn(project, rules(project)).items() if _payload(project, name) != text)


def write(project: Project) -> list[str]:
    """Write what is stale and return its names, sorted; a governed page is stamped as it is written."""
    wanted = drawn(project, rules(project))
    names = [name for name in sorted(wanted) if _payload(project, name) != wanted[name]]
    for name in names:
        write_text(project.root / name, _stamped(project, name, wanted[name]))
    return names


def approvers_drift(project: Project) -> list[str]:
    """Return where ``.cbr/approvers.yaml`` gives a right to other roles than the roadmap does; nothing where it is missing."""
    path = project.root / APPROVERS
    if not path.is_file():
        return []
    found = read_yaml(path, Approvers, shown=APPROVERS.as_posix())
    return [f"{APPROVERS.as_posix()}: {each}" for each in unlike_approvers(rules(project).roadmap, found)]


def _payload(project: Project, name: str) -> str:
    """Return a file without its header; empty where it is missing or no text."""
    try:
        return headers.parse(headers.decoded((project.root / name).read_bytes())).payload
    except (FileNotFoundError, DataError):
        return ""


def _stamped(project: Project, name: str, text: str) -> str:
    governed = documents(project)
    doc_type = governed.types.get(project.root / name)
    if doc_type is None and name == roadmap_page.PLACE:
        doc_type = next((kind for kind, places in governed.declared.documents.items() if name in places), None)
    return headers.stamp(text.encode(), stamp_of(governed, doc_type)).decode() if doc_type else text


def clone_deviations(project: Project) -> Iterator[Deviation]:
    """Yield where the clone around the project is not what the rules say.

    Raises
    ------
    SetupError
        If the project is no clone, or declares no rules.
    """
    found = rules(project)
    clone = read_clone(project.root, found.repository.default_branch)
    for name in stale(project):
        yield Deviation(f"{name}: not what .cbr gives", "enerqis repo generate")
    for sentence in approvers_drift(project):
        what, _, mend = sentence.partition(". ")
        yield Deviation(what, mend)
    workflow = project.root / CHECKS
    text = workflow.read_text(encoding="utf-8") if workflow.is_file() else None
    yield from clone_check.clone_deviations(clone, found.roadmap, found.repository, workflow=text)


def github_deviations(project: Project, *, api: str, token: str) -> Iterator[Deviation]:
    """Yield where the repository on GitHub is not what the rules say.

    Parameters
    ----------
    project : Project
    api : str
        Address of the API.
    token : str
        Reference to the token, ``secret://...``; resolved here and kept nowhere.

    Raises
    ------
    SetupError
        If the token is missing, GitHub cannot be asked, or refuses.
    """
    if not is_reference(token):
        raise SetupError(
            "--token takes a reference, secret://NAME/NAME..., not the token itself, which is never written down."
        )
    repository = rules(project).repository
    github = GitHub(api, resolve(token, project, reader=READER), f"{repository.organisation}/{repository.name}")
    yield from github_check.github_deviations(github, repository)
