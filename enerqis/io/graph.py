"""DVC's graph as it stands on disk: which stages ``dvc.yaml`` and ``params.yaml`` make, and which ``dvc.lock`` remembers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

Tree = dict[str, Any]
"""A YAML file as plain data."""

ITEM = re.compile(r"\$\{(?:item|key)\}")
"""Where DVC puts the name that a ``foreach`` stage is opened for."""

ENTRY = re.compile(r"^  (?P<name>[^\s#:][^:]*):\s*$")
"""The first line of a stage's entry in ``dvc.lock``, which DVC writes with two blanks before it."""


def stage_names(graph: Tree, params: Tree) -> list[str]:
    """Return the names of every stage, ``foreach`` opened over `params`: ``resolve``, ``backtest@NAME``, ...

    Parameters
    ----------
    graph, params : dict
        Content of ``dvc.yaml`` and of ``params.yaml``.
    """
    names = []
    for stage, body in graph.get("stages", {}).items():
        names += [stage] if "foreach" not in body else [f"{stage}@{item}" for item in _items(body, params)]
    return names


def orphan_outs(root: Path, graph: Tree, params: Tree) -> list[Path]:
    """Return what lies where a ``foreach`` stage writes, under a name that `params` does not have; sorted."""
    orphans = set()
    for body in graph.get("stages", {}).values():
        if "foreach" not in body:
            continue
        names = set(_items(body, params))
        for place in _places(body["do"]):
            before, _, after = ITEM.sub("\0", place, count=1).partition("\0")
            for path in (root / before).glob(f"*{after}"):
                name = path.relative_to(root / before).as_posix().removesuffix(after)
                if name not in names and not name.startswith(".") and (after or path.is_dir()):
                    orphans.add(path)
    return sorted(orphans)


def _items(body: Tree, params: Tree) -> list[str]:
    """Return the names that a ``foreach`` stage is opened over."""
    return [str(item) for item in params.get(str(body["foreach"]).removeprefix("${").removesuffix("}")) or ()]


def _places(body: Tree) -> list[str]:
    """Return the paths of a stage's outs, metrics and plots that hold the item's name."""
    entries = [entry for key in ("outs", "metrics", "plots") for entry in body.get(key, ())]
    paths = [next(iter(entry)) if isinstance(entry, dict) else str(entry) for entry in entries]
    return [path for path in paths if ITEM.search(path)]


def locked_names(lock: Path) -> list[str]:
    """Return the names of the stages that ``dvc.lock`` remembers, in its order; none where it does not exist."""
    if not lock.is_file():
        return []
    content = yaml.safe_load(lock.read_text(encoding="utf-8")) or {}
    return list(content.get("stages", {}))


def without_entries(lock_text: str, names: set[str]) -> str:
    """Return the text of ``dvc.lock`` without the entries of `names`; every other byte stays."""
    kept, is_dropped, is_in_stages = [], False, False
    for line in lock_text.splitlines(keepends=True):
        if not line.startswith(" "):
            is_in_stages, is_dropped = line.startswith("stages:"), False
        elif is_in_stages and (match := ENTRY.match(line)):
            is_dropped = match["name"].strip("'\"") in names
        if not is_dropped:
            kept.append(line)
    return "".join(kept)
