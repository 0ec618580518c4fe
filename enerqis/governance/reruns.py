"""Which stages `dvc repro` runs, from what it recorded and what stands there now: DVC's own rule, without running it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from enerqis.io.graph_stages import GraphStage

COMPONENTS = {
    "spec_sha256": "config",
    "code_sha256": "code",
    "engine_sha256": "engine",
    "env_sha256": "environment",
}
"""Which component of an identity each hash of a slice stands for."""
WORDS = "words"
"""Reason of a slice that differs only in what stands outside the identity."""
INPUT = "input"
"""Reason of a stage of which only an input was made anew."""


class Rerun(NamedTuple):
    """A stage that runs.

    Parameters
    ----------
    stage : str
        Name in DVC's graph.
    reasons : tuple of str
        Components that differ (config, code, engine, environment, seed), ``new``, ``command``, ``inputs`` for another list of
        them, paths of files that differ, and the stages that it waits for.
    is_certain : bool
        False where it runs only if a stage above comes out differently.
    """

    stage: str
    reasons: tuple[str, ...]
    is_certain: bool


@dataclass(frozen=True)
class Graph:
    """The stages of one side, with every hash and value that can be known before a run.

    Parameters
    ----------
    stages : dict of name to GraphStage
        Values of ``params`` filled in; hashes of dependencies that git tracks too.
    """

    stages: dict[str, GraphStage]

    def upstream(self, name: str) -> dict[str, list[str]]:
        """Return the stages that make the dependencies of one, by dependency."""
        found: dict[str, list[str]] = {}
        for path in self.stages[name].deps:
            makers = [
                other
                for other, stage in self.stages.items()
                if other != name and any(_overlap(path, out) for out in stage.outs)
            ]
            if makers:
                found[path] = makers
        return found


def reruns(graph: Graph, recorded: Mapping[str, GraphStage]) -> dict[str, Rerun]:
    """Return the stages that run, by name, in an order in which they can.

    Parameters
    ----------
    graph : Graph
        What stands there now.
    recorded : mapping of name to GraphStage
        What was true when each stage ran last: ``dvc.lock``, or the graph of another side as if it had just been run.

    Notes
    -----
    A stage certainly writes other bytes where a component of its identity differs, because its receipt holds them. Where only
    an input differs, its result may be what it was, and then the receipt too.
    """
    upstream = {name: graph.upstream(name) for name in graph.stages}
    found: dict[str, Rerun] = {}
    rewritten: set[str] = set()
    for name in _in_order(upstream):
        stage, before = graph.stages[name], recorded.get(name)
        own = ["new"] if before is None else list(_own_reasons(stage, before))
        makers = dict.fromkeys(each for names in upstream[name].values() for each in names)
        above = [each for each in makers if each in found]
        if before is not None:
            own += [path for path, names in upstream[name].items() if _is_out_of_step(path, names, before, recorded)]
        if own or above:
            is_certain = bool(own) or any(each in rewritten for each in above)
            found[name] = Rerun(name, (*own, *above), is_certain)
            if any(each in ("new", "seed", *COMPONENTS.values()) for each in own):
                rewritten.add(name)
    return found


def _own_reasons(stage: GraphStage, before: GraphStage) -> Iterable[str]:
    """Yield what of a stage itself differs: its command, its inputs, tracked files, values."""
    if stage.cmd != before.cmd:
        yield "command"
    if stage.deps.keys() != before.deps.keys() or stage.outs.keys() != before.outs.keys():
        yield "inputs"
    for path, digest in stage.deps.items():
        if digest is not None and before.deps.get(path) not in (None, digest):
            yield path
    for file in {**stage.params, **before.params}:
        yield from _value_reasons(file, stage.params.get(file), before.params.get(file))


def _value_reasons(file: str, now: Any, before: Any) -> Iterable[str]:
    if now == before:
        return
    if not (isinstance(now, dict) and isinstance(before, dict) and "spec_sha256" in now and "spec_sha256" in before):
        yield file
        return
    components = [word for key, word in COMPONENTS.items() if now.get(key) != before.get(key)]
    if now["spec"].get("seed") != before.get("spec", {}).get("seed"):
        components.append("seed")
    yield from components or [WORDS]


def _is_out_of_step(path: str, makers: list[str], before: GraphStage, recorded: Mapping[str, GraphStage]) -> bool:
    """Return whether a stage was recorded with another output of its maker than the maker itself was."""
    taken = before.deps.get(path)
    made = [recorded[each].outs.get(path) for each in makers if each in recorded]
    return taken is not None and any(each not in (None, taken) for each in made)


def _overlap(one: str, other: str) -> bool:
    """Return whether one path is the other or holds it."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _in_order(upstream: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    """Return stages after those that make their inputs, else in the order of the graph."""
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in done or name in path:
            return
        for makers in upstream[name].values():
            for each in makers:
                visit(each, (*path, name))
        done[name] = None

    for name in upstream:
        visit(name, ())
    return list(done)
