"""Who wrote an experiment: those whose commits ever touched the files that its resolved config and its code come from.

The rule of four eyes: whoever did so may not approve it, nor does anything count that they put among the approvers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from enerqis.compose.experiments import compose_experiment, load_params
from enerqis.compose.governed_yaml import APPROVERS_FILE
from enerqis.core.groups import FAMILIES
from enerqis.io import git
from enerqis.io.plugins import PROJECT_PACKAGE, scan
from enerqis.io.project import Project
from enerqis.pipeline.lookup import results_of
from enerqis.pipeline.mandates import parts_of, setters
from enerqis.spec.approvers import Approvers


def files_of(project: Project, experiment: str) -> list[Path]:
    """Return the project's files that determine an experiment: every YAML that it composes, its plug-ins, all they import."""
    sources = {source.path for source in compose_experiment(project, experiment).sources}
    if load_params(project).experiments[experiment].set:
        sources.add(project.params_file)
    modules = {name for result in results_of(project, experiment) for name in result.receipt["code"]}
    kinds = [kind for family in FAMILIES for kind in scan(family, project.plugins).values()]
    sources |= {kind.path for kind in kinds if kind.module in modules}
    for name in modules:
        sources |= _project_files(project, name)
    return sorted(path for path in sources if path.is_relative_to(project.root))


def _project_files(project: Project, name: str) -> set[Path]:
    """Return the file of one module of a code closure, or of a data file that it reads; none where it is not the project's."""
    module, _, data_file = name.partition(":")
    top, *inner = module.split(".")
    if top != PROJECT_PACKAGE:
        return set()
    path = project.plugins.joinpath(*inner)
    files = {each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file()}
    return {each.parent / data_file for each in files} if data_file else files


def authors(project: Project, files: list[Path], *, later: Collection[str] = ()) -> dict[str, str]:
    """Return why each author may not approve, by address: the newest commit of theirs on the files, former names too.

    Commits whose short hash is in `later` are left out: they came after what is asked about.
    """
    found: dict[str, str] = {}
    for each in git.commits_on(project.root, git.with_former_names(project.root, files)):
        for email in each.emails if each.commit not in later else ():
            found.setdefault(email, f"wrote a part of it (commit {each.commit})")
    return found


def planted(project: Project, approvers: Approvers, wrote: Mapping[str, str]) -> dict[str, str]:
    """Return the people of whom an author set the key, the addresses or the roles, or of whom nobody committed them."""
    parts = {part: person.name for person in approvers.people for part in parts_of(person)}
    found: dict[str, list[str]] = {}
    for part, against in _set_by_authors(project, parts, wrote):
        found.setdefault(parts[part], []).append(against)
    return {name: "; ".join(against) for name, against in found.items()}


def planted_rules(project: Project, rules: Iterable[str], wrote: Mapping[str, str]) -> Iterator[str]:
    """Yield the rules of approval that an author of the experiment set, and what mends it."""
    for _, against in _set_by_authors(project, rules, wrote):
        yield f"{against}. Somebody else has to set it: take the file out in one commit and put it back in the next"


def _set_by_authors(project: Project, parts: Iterable[str], wrote: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each part of ``approvers.yaml`` that an author set last or nobody committed, and how that is said."""
    for part, commits in setters(project, parts).items():
        by_authors = [(each.commit, email) for each in commits for email in each.emails if email in wrote]
        if not commits:
            yield part, f"the {part} was never committed to {APPROVERS_FILE.as_posix()}"
        for commit, email in by_authors[:1]:
            yield (
                part,
                f"the {part} was put into {APPROVERS_FILE.as_posix()} by {email} (commit {commit}), who {wrote[email]}",
            )


def unseen(project: Project, files: list[Path]) -> Iterator[str]:
    """Yield why git cannot tell who wrote the files."""
    if not git.head(project.root):
        yield "git knows no commit here, so nobody can tell who wrote the experiment; commit it first"
        return
    if git.is_shallow(project.root):
        yield "this clone has no older commits, so its authors are not known. Run 'git fetch --unshallow'"
    for name in git.uncommitted(project.root, [*files, project.root / APPROVERS_FILE]):
        yield f"{name} is not committed, so nobody can tell who wrote it"
