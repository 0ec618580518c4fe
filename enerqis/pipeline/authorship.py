"""Who wrote an experiment: those whose commits touched the files that its resolved config and its plug-ins come from.

The rule of four eyes: whoever did so since the experiment was last let into a signed state may not approve it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from enerqis.compose.experiments import compose_experiment, load_params
from enerqis.compose.governed_yaml import APPROVERS_FILE
from enerqis.core.groups import FAMILIES
from enerqis.io import git
from enerqis.io.plugins import scan
from enerqis.io.project import Project
from enerqis.pipeline.results import placed
from enerqis.spec.approvers import Approvers


def files_of(project: Project, experiment: str) -> list[Path]:
    """Return the project's files that determine an experiment: every YAML that it composes, and its plug-ins."""
    sources = {source.path for source in compose_experiment(project, experiment).sources}
    if load_params(project).experiments[experiment].set:
        sources.add(project.params_file)
    modules = {
        name for stage in ("features", "backtest") for name in placed(project, stage, experiment).receipt["code"]
    }
    kinds = [kind for family in FAMILIES for kind in scan(family, project.plugins).values()]
    sources |= {kind.path for kind in kinds if kind.module in modules}
    return sorted(path for path in sources if path.is_relative_to(project.root))


def authors(project: Project, files: list[Path], *, since: str) -> dict[str, str]:
    """Return why each author may not approve, by address: the newest commit of theirs since a commit, or since ever."""
    found: dict[str, str] = {}
    for each in git.commits_on(project.root, files, since=since):
        for email in each.emails:
            found.setdefault(email, f"wrote a part of it (commit {each.commit})")
    return found


def planted(project: Project, approvers: Approvers, wrote: Mapping[str, str]) -> dict[str, str]:
    """Return the people whose key an author of the experiment put into ``approvers.yaml``, or nobody committed, and why."""
    found = {}
    for person in approvers.people:
        email = git.first_author(project.root, APPROVERS_FILE, person.key)
        if not email:
            found[person.name] = f"was never committed to {APPROVERS_FILE.as_posix()}"
        elif email in wrote:
            found[person.name] = f"was put into {APPROVERS_FILE.as_posix()} by {email}, who {wrote[email]}"
    return found


def unseen(project: Project, files: list[Path]) -> Iterator[str]:
    """Yield why git cannot tell who wrote the files."""
    if not git.head(project.root):
        yield "git knows no commit here, so nobody can tell who wrote the experiment; commit it first"
        return
    if git.is_shallow(project.root):
        yield "this clone has no older commits, so its authors are not known. Run 'git fetch --unshallow'"
    for name in git.uncommitted(project.root, [*files, project.root / APPROVERS_FILE]):
        yield f"{name} is not committed, so nobody can tell who wrote it"
