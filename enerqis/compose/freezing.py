"""Freezing a resolved experiment: one slice a stage, each with the hashes that pin it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from enerqis.compose.closure import closure, plugin_modules
from enerqis.compose.environment import environment, environment_digest
from enerqis.compose.plugin_imports import distribution_versions, refuse_hidden
from enerqis.compose.trials import config_of
from enerqis.core.errors import SetupError
from enerqis.core.groups import EXPERIMENT_STAGES, GROUPS
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import is_algorithm, series_of
from enerqis.io.hashing import digest
from enerqis.io.plugins import PROJECT_PACKAGE, load, package_folder, scan
from enerqis.io.project import Project
from enerqis.spec.base import Spec, identity_tree
from enerqis.spec.slices import SliceDocument

SPEC_DOMAIN = "enerqis/spec/1"
CODE_DOMAIN = "enerqis/code-closure/1"
ENGINE_DOMAIN = "enerqis/engine/1"
COUNTERPART = {"kernel": "zipline", "zipline": "kernel"}
"""The engine that each engine is held against."""
REPEATING = "kernel"
"""The engine that `validate` runs a strategy on hundreds of times, whichever its own is: the two give the same bits."""
NOT_CONFIG = ("execution", "seed")
"""Keys of a slice that are identity components of their own."""

SHOWING = ("report",)
"""Stages whose result shows the slice to people: what else stands outside the identity, names and paths, is in theirs."""


@dataclass(frozen=True)
class Frozen:
    """A slice document together with what its hashes were made of.

    Parameters
    ----------
    document : SliceDocument
    code : dict of str to str
        Module to digest.
    environment : dict of str to str
        Fact to value.
    """

    document: SliceDocument
    code: dict[str, str]
    environment: dict[str, str]


def freeze_dataset(project: Project, dataset: Spec) -> Frozen:
    """Return the slice of `ingest` for one dataset."""
    return freeze(project, "ingest", {"dataset": ingested(dataset)})


def ingested(dataset: Spec) -> Spec:
    """Return what `ingest` reads of a dataset: all but the words about it, which only a report shows."""
    return dataset.model_copy(update={"description": ""})


def freeze_experiment(project: Project, name: str, experiment: Spec) -> dict[str, Frozen]:
    """Return the slice of every stage that runs once an experiment, by stage; `name` is for the report."""
    slices = {stage: freeze(project, stage, _parts(project, name, experiment, stage)) for stage in EXPERIMENT_STAGES}
    slices["backtest"] = _as_trial(slices["backtest"], experiment)
    return slices


def _as_trial(frozen: Frozen, experiment: Spec) -> Frozen:
    """Return the slice of `backtest` with the hash by which its trial is counted."""
    document = frozen.document.model_copy(update={"trial_sha256": config_of(experiment)})
    return replace(frozen, document=document)


def _parts(project: Project, name: str, experiment: Spec, stage: str) -> dict[str, Any]:
    """Return what `stage` reads of an experiment, by key."""
    parts = {each.name: getattr(experiment, each.name) for each in GROUPS if stage in each.stages and not each.inside}
    if stage in ("backtest", "validate", "parity"):
        parts["seed"] = experiment.seed  # type: ignore[attr-defined]  # every Experiment[...] has it
    if stage == "parity":
        parts["execution"] = on_counterpart(parts["execution"])
    if stage == "validate" and not is_algorithm(_module_of(project, experiment)):
        parts["execution"] = parts["execution"].model_copy(update={"engine": REPEATING})
    if stage == "report":
        parts["experiment"] = name
        parts["trial"] = config_of(experiment)
        parts["question"] = experiment.question  # type: ignore[attr-defined]  # every Experiment[...] has it
        parts["resolved"] = {
            key: getattr(experiment, key)
            for key in type(experiment).model_fields
            if key not in ("tracking", "question") and not _is_left_out(key, getattr(experiment, key))
        }
    return parts


def _module_of(project: Project, experiment: Spec) -> ModuleType:
    """Return the module of an experiment's strategy."""
    kind = experiment.strategy.kind  # type: ignore[attr-defined]  # every Experiment[...] has it
    return load(scan("strategies", project.plugins)[kind])


def _is_left_out(group: str, value: Any) -> bool:
    """Return whether an experiment chose nothing of a group that it need not choose of: the group is no part of it then."""
    defaults = {each.name: each.default for each in GROUPS if each.default}
    return group in defaults and getattr(value, "kind", "") == defaults[group]


def on_counterpart(execution: Spec) -> Spec:
    """Return an execution spec on the engine that its own is held against."""
    return execution.model_copy(update={"engine": COUNTERPART[execution.engine]})  # type: ignore[attr-defined]


def freeze(project: Project, stage: str, parts: dict[str, Any]) -> Frozen:
    """Return the slice of a stage from what it reads, each part a Spec or plain JSON."""
    roots = list(_roots(project, stage, parts))
    code = closure(roots, project.plugins)
    _refuse_edited(code)
    plugged = plugin_modules(roots, project.plugins)
    refuse_hidden(plugged, project)
    imported = [name for names in plugged.values() for name in names if not name.startswith(PROJECT_PACKAGE)]
    facts = environment(stage, parts["execution"].engine if "execution" in parts else None)
    facts = distribution_versions(imported) | facts
    spec = {key: plain(value) for key, value in parts.items()}
    config = spec if stage in SHOWING else {key: identity_tree(value) for key, value in parts.items()}
    determining = {key: value for key, value in config.items() if key not in NOT_CONFIG}
    return Frozen(
        document=SliceDocument(
            spec=_in_order(spec),
            spec_sha256=digest(SPEC_DOMAIN, {"stage": stage, **determining}),
            code_sha256=code_digest(code),
            engine_sha256=_engine_digest(parts["execution"]) if "execution" in parts else None,
            env_sha256=environment_digest(facts),
        ),
        code=code,
        environment=facts,
    )


_LAST_SEEN: dict[str, str] = {}
"""Digest of each module of ENERQIS when a slice was frozen that depends on it, the last time before it was imported."""


def _refuse_edited(code: Mapping[str, str]) -> None:
    """Refuse code of ENERQIS that was edited after this process imported it; plug-ins are imported anew instead.

    Raises
    ------
    SetupError
        If the old code would run under the identity of the new.
    """
    for name, found in code.items():
        if name not in sys.modules:
            _LAST_SEEN[name] = found
        elif not name.startswith(PROJECT_PACKAGE) and _LAST_SEEN.setdefault(name, found) != found:
            raise SetupError(
                f"{name}: edited since this process imported it. Start a new process; in a notebook, restart the kernel."
            )


def code_digest(code: Mapping[str, str]) -> str:
    """Return the hash of a code closure: of the digest of every module, by name."""
    return digest(CODE_DOMAIN, dict(code))


def plain(value: Any) -> Any:
    """Return a part of a spec as plain JSON, defaults filled in."""
    if isinstance(value, Spec):
        return value.model_dump(mode="json", serialize_as_any=True)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _in_order(tree: Any) -> Any:
    """Return a JSON tree with its keys sorted, as a slice file has them: a stage sees one order, whoever runs it."""
    return {key: _in_order(tree[key]) for key in sorted(tree)} if isinstance(tree, dict) else tree


def _engine_digest(execution: Spec) -> str:
    engine = execution.engine  # type: ignore[attr-defined]  # Execution has it
    version = engine_version(package_folder() / "engines" / f"{engine}.py")
    return digest(ENGINE_DOMAIN, {"execution": identity_tree(execution), "version": version})


def engine_version(path: Path) -> str:
    """Return the constant ENGINE_VERSION of an engine's file, read without importing the engine."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "ENGINE_VERSION" for t in node.targets
        ):
            return str(ast.literal_eval(node.value))
    raise ValueError(f"{path.name} has no ENGINE_VERSION")


def _roots(project: Project, stage: str, parts: dict[str, Any]) -> Iterator[Path]:
    """Yield the stage's own file and the file of every kind that its slice names."""
    package = package_folder()
    yield package / "pipeline" / f"{stage}.py"
    for group, family, kind, params in kinds_used(parts):
        kinds = scan(family, project.plugins)
        yield kinds[kind].path
        if group in ("strategy", "feature"):
            calls = indicator_calls(load(kinds[kind]), params)
            indicators = scan("indicators", project.plugins)
            yield from sorted({indicators[call.kind].path for call in calls.values()})
    if "execution" in parts:
        yield package / "engines" / f"{parts['execution'].engine}.py"


def indicator_calls(module: Any, params: Spec) -> dict[str, IndicatorCall]:
    """Return the series that a strategy or a feature declares."""
    if hasattr(module, "columns"):
        columns: dict[str, IndicatorCall] = module.columns(params)
        return columns
    return series_of(module, params)


def kinds_used(parts: dict[str, Any]) -> Iterator[tuple[str, str, str, Spec]]:
    """Yield (group, family, kind, params) of every plug-in that the parts of a slice name."""
    for group in GROUPS:
        value = parts.get(group.name)
        if value is None:
            continue
        if group.name == "dataset":
            yield "connector", "connectors", value.connector.kind, value.connector
        elif group.name == "cost":
            for part in (value.commission, value.slippage, value.carry):
                yield group.name, "costs", part.kind, part
        elif group.name == "risk":
            for kind in type(value).model_fields:
                if getattr(value, kind) is not None:
                    yield group.name, "risk", kind, getattr(value, kind)
        elif group.many:
            for each in value.values():
                yield group.name, group.package, each.kind, each
        elif group.package and group.name in ("strategy", "cv", "report"):
            yield group.name, group.package, value.kind, value


def freeze_tracking(project: Project, experiments: Mapping[str, Spec], datasets: Mapping[str, str]) -> Frozen:
    """Return the slice of `track`: where each experiment is logged, and on which dataset it ran."""
    rows = {
        name: {"dataset": datasets[name], "tracking": plain(experiment.tracking)}  # type: ignore[attr-defined]
        for name, experiment in experiments.items()
    }
    return freeze(project, "track", {"experiments": rows})
