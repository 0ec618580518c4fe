"""Comparing two experiments of the project, or two receipts, in the form of a verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from enerqis.compose.differences import leaves_of
from enerqis.governance.judging import Judged, judge
from enerqis.governance.reruns import Graph
from enerqis.governance.side import Side, Value
from enerqis.governance.verdict import Verdict
from enerqis.io.graph_stages import GraphStage
from enerqis.io.project import Project
from enerqis.pipeline.lookup import require_one_stage
from enerqis.pipeline.results import Result
from enerqis.pipeline.reviewing import project_rules
from enerqis.pipeline.side import costs_of, limits_of, side_of
from enerqis.spec.slices import SliceDocument


def review_experiments(project: Project, old: str, new: str) -> Verdict:
    """Return what differs between two experiments as they stand in the project, as if one had become the other."""
    side = side_of(project)
    if side.problems:
        return Verdict(old, new, new_problems=side.problems)
    return _judged(
        project, _of_experiment(project, side, old, new), _of_experiment(project, side, new, new), words=(old, new)
    )


def review_receipts(project: Project, old: Result, new: Result) -> Verdict:
    """Return what differs between two results of a stage, by their receipts.

    Raises
    ------
    StageError
        If they are results of different stages.
    """
    require_one_stage(old, new)
    words = tuple(f"{each.stage} {each.name} {each.receipt['stage_id'][:12]}" for each in (old, new))
    sides = [_of_receipt(project, each, new.name) for each in (old, new)]
    return _judged(project, sides[0], sides[1], words=(words[0], words[1]))


def _judged(
    project: Project, old: tuple[Side, Graph, Any], new: tuple[Side, Graph, Any], *, words: tuple[str, str]
) -> Verdict:
    """Return the verdict on two sides that hold one experiment each, of the same name."""
    judged = []
    for said, (side, graph, figures) in zip(words, (old, new), strict=True):
        named = dict.fromkeys(side.experiments, figures)
        judged.append(Judged(said, side, graph, None, named))
    rules, has_file = project_rules(project)
    return judge(judged[0], judged[1], rules, has_owners_file=has_file)


def _of_experiment(project: Project, side: Side, name: str, called: str) -> tuple[Side, Graph, Any]:
    """Return one experiment of a side under another name, its stages as a graph without edges, and its figures."""
    prefix = f"data/spec/{name}/"
    slices = {
        f"data/spec/{called}/{path.removeprefix(prefix)}": document
        for path, document in side.slices.items()
        if path.startswith(prefix)
    }
    alone = side.model_copy(
        update={
            "experiments": {called: side.experiments[name]},
            "datasets": {},
            "dataset_of": {called: side.dataset_of[name]},
            "slices": slices,
        }
    )
    return alone, _graph(slices, called), _metrics(project, name)


def _of_receipt(project: Project, result: Result, called: str) -> tuple[Side, Graph, Any]:
    """Return a side that holds what one receipt says."""
    receipt = result.receipt
    identity = receipt["identity"]
    document = SliceDocument(
        spec=receipt["spec"] | ({} if identity["seed"] is None else {"seed": identity["seed"]}),
        spec_sha256=identity["config"],
        code_sha256=identity["code"],
        engine_sha256=identity["engine"],
        env_sha256=identity["environment"],
    )
    values = {".".join(path): Value(value=value, origin="receipt") for path, value in leaves_of(document.spec) if path}
    slices = {f"data/spec/{called}/{result.stage}.json": document}
    side = Side(
        experiments={called: values},
        slices=slices,
        code={identity["code"]: receipt["code"]},
        environment={identity["environment"]: receipt["environment"]},
        limits=dict(limits_of(project)),
        costs=dict(costs_of(project)),
    )
    metrics = _metrics(project, result.name)
    made = (metrics or {}).get("receipt", {}).get("identity", {}).get("data", {}).get("backtest")
    is_its_own = result.stage == "backtest" and made == receipt["result_sha256"]
    return side, _graph(slices, called, identity["data"] or {}), metrics if is_its_own else None


def _graph(slices: Mapping[str, SliceDocument], name: str, data: Mapping[str, str] | None = None) -> Graph:
    stages = {}
    for path, document in slices.items():
        stage = path.rpartition("/")[2].removesuffix(".json")
        stages[f"{stage}@{name}"] = GraphStage("", dict(data or {}), {path: document.model_dump(mode="json")}, {})
    return Graph(stages)


def _metrics(project: Project, name: str) -> Any:
    file = project.data / "metrics" / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
