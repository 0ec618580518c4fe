"""Comparing two revisions: both sides resolved, then held against each other with their locks, figures and rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from enerqis.core.errors import SetupError
from enerqis.governance.gate_moves import GATES_FILE
from enerqis.governance.judging import FIGURES, Judged, judge
from enerqis.governance.owners import PLACES, Rule, rules_of
from enerqis.governance.reruns import Graph
from enerqis.governance.rule_moves import MODELS, RECIPIENTS, recipients_of
from enerqis.governance.side import Side
from enerqis.governance.verdict import Verdict
from enerqis.io.graph_stages import GraphStage, dvc_hash, graph_stages, locked_stages
from enerqis.io.project import Project
from enerqis.io.requirements import FILE, pins_of
from enerqis.io.revisions import Repository, Tree, repository
from enerqis.pipeline.sides import sides_of


def review_revisions(project: Project, old: str, new: str | None, *, say: Callable[[str], None]) -> Verdict:
    """Return the verdict on the change from a revision to another, or to the working tree.

    Parameters
    ----------
    project : Project
    old : str
        Commit, branch, tag, ``HEAD~1``.
    new : str or None
        The same; None for the working tree.
    say : callable
        Takes lines about what is under way.

    Raises
    ------
    SetupError
        If there is no git repository, a revision is not in this clone, or is older than this command.
    """
    with repository(project.root) as git:
        trees = (git.revision(old), git.revision(new) if new is not None else git.working_tree())
        sides = sides_of(project, git, trees, say)
        judged = [_judged(git, tree, side) for tree, side in zip(trees, sides, strict=True)]
        rules, has_file = _rules(git, trees[0])
        return judge(judged[0], judged[1], rules, has_owners_file=has_file)


def project_rules(project: Project) -> tuple[tuple[Rule, ...], bool]:
    """Return the rules of the project's own CODEOWNERS, and whether there is one."""
    for place in PLACES:
        if (project.root / place).is_file():
            return rules_of((project.root / place).read_text(encoding="utf-8")), True
    return (), False


def _judged(git: Repository, tree: Tree, side: Side) -> Judged:
    """Return a side with its graph, its lock, its figures and its governed files."""
    wanted = {"dvc.yaml", "dvc.lock", "params.yaml", FILE, GATES_FILE, RECIPIENTS, *MODELS}
    wanted |= {FIGURES.format(name=name) for name in side.experiments}
    wanted |= {path for path in tree.under("schemas") if path.endswith(".schema.json")}
    texts = _texts(git, tree, wanted)
    with _read_as(tree, "params.yaml"):
        params = yaml.safe_load(texts.get("params.yaml", "")) or {}
    with _read_as(tree, "dvc.yaml"):
        graph = graph_stages(yaml.safe_load(texts.get("dvc.yaml", "")) or {}, params)
    with _read_as(tree, "dvc.lock"):
        recorded = locked_stages(texts.get("dvc.lock", ""))
    with _read_as(tree, GATES_FILE):
        gates = yaml.safe_load(texts.get(GATES_FILE, "")) or {}
    rules: dict[str, Any] = {RECIPIENTS: recipients_of(texts.get(RECIPIENTS, ""))}
    for file in (each for each in MODELS if each in texts):
        with _read_as(tree, file):
            rules[file] = yaml.safe_load(texts[file])
    with _read_as(tree, "data/metrics and schemas"):
        figures = {name: json.loads(texts.get(FIGURES.format(name=name), "null")) for name in side.experiments}
        schemas = {path: json.loads(texts[path]) for path in texts if path.endswith(".schema.json")}
    return Judged(
        words=f"{tree.name} ({tree.commit[:12]})"
        if tree.commit and not tree.commit.startswith(tree.name)
        else tree.name,
        side=side,
        graph=_graph(git, tree, graph, params, side),
        recorded=recorded,
        figures=figures,
        gates=gates,
        rules=rules,
        pins={each.name: each.version for each in pins_of(texts.get(FILE, ""), f"{tree.name}: {FILE}")},
        schemas=schemas,
        files={path: entry.blob for path, entry in tree.entries.items()},
    )


def _graph(git: Repository, tree: Tree, stages: dict[str, GraphStage], params: dict[str, Any], side: Side) -> Graph:
    """Return the stages with the values that they depend on, and the hashes of what git tracks."""
    outs = {out for stage in stages.values() for out in stage.outs}
    deps = {dep for stage in stages.values() for dep in stage.deps}
    tracked = {dep for dep in deps if not _is_made(dep, outs) or _is_around(dep, outs)}
    hashes: dict[str, str | None] = {}
    for dep in tracked:
        entries = tree.under(dep)
        content = git.content(each.blob for each in entries.values())
        hashes[dep] = dvc_hash(dep, {path: content[each.blob] for path, each in entries.items()})
    slices = {path: document.model_dump(mode="json") for path, document in side.slices.items()}
    return Graph(
        {
            name: GraphStage(
                stage.cmd,
                {dep: hashes.get(dep) for dep in stage.deps},
                {
                    file: slices.get(file) if keys is None else {key: params.get(key) for key in keys}
                    for file, keys in stage.params.items()
                },
                stage.outs,
            )
            for name, stage in stages.items()
        }
    )


def _is_made(path: str, outs: set[str]) -> bool:
    """Return whether a stage makes a path, something in it, or a folder around it."""
    return any(path == out or path.startswith(f"{out}/") or out.startswith(f"{path}/") for out in outs)


def _is_around(path: str, outs: set[str]) -> bool:
    """Return whether a path is a folder in which stages write files: git may track those, and others that no stage makes."""
    return any(out.startswith(f"{path}/") for out in outs) and not any(f"{path}/".startswith(f"{out}/") for out in outs)


def _rules(git: Repository, tree: Tree) -> tuple[tuple[Rule, ...], bool]:
    place = next((each for each in PLACES if each in tree.entries), None)
    return (rules_of(_texts(git, tree, {place})[place]), True) if place else ((), False)


def _texts(git: Repository, tree: Tree, paths: set[str]) -> dict[str, str]:
    """Return the text of those of some files that a tree has."""
    found = {path: tree.entries[path].blob for path in sorted(paths) if path in tree.entries}
    content = git.content(found.values())
    return {path: content[blob].decode("utf-8", errors="replace") for path, blob in found.items()}


@contextmanager
def _read_as(tree: Tree, path: str) -> Iterator[None]:
    """Name the side and the file of what cannot be read."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, KeyError, yaml.YAMLError) as exc:
        reason = str(exc).partition("\n")[0]
        raise SetupError(f"{tree.name}: {path}: cannot be read: {reason}. Mend it there and compare again.") from exc
