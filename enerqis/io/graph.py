"""DVC's graph as it stands on disk: which stages ``dvc.yaml`` and ``params.yaml`` make, and which ``dvc.lock`` remembers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ENTRY = re.compile(r"^  (?P<name>[^\s#:][^:]*):\s*$")
"""The first line of a stage's entry in ``dvc.lock``, which DVC writes with two blanks before it."""


def stage_names(graph: dict[str, Any], params: dict[str, Any]) -> list[str]:
    """Return the names of every stage, ``foreach`` opened over `params`: ``resolve``, ``backtest@NAME``, ...

    Parameters
    ----------
    graph : dict
        Content of ``dvc.yaml``.
    params : dict
        Content of ``params.yaml``.
    """
    names = []
    for stage, body in graph.get("stages", {}).items():
        if "foreach" not in body:
            names.append(stage)
            continue
        over = params.get(str(body["foreach"]).removeprefix("${").removesuffix("}")) or {}
        names += [f"{stage}@{item}" for item in over]
    return names


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
