"""Freezing a resolved experiment: one slice a stage, each with the hashes that pin it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from enerqis.compose.closure import closure, plugin_modules
from enerqis.compose.digests import code_digest, engine_digest, plain, spec_digest
from enerqis.compose.environment import environment, environment_digest
from enerqis.compose.gates import gate_parts, load_gates
from enerqis.compose.plugin_imports import distribution_versions, refuse_hidden
from enerqis.compose.trials import config_of
from enerqis.core.errors import SetupError
from enerqis.core.groups import EXPERIMENT_STAGES, GROUPS
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import is_algorithm, series_of
from enerqis.io.plugins import PROJECT_PACKAGE, load, package_folder, scan
from enerqis.io.project import Project
from enerqis.spec.base import Spec
from enerqis.spec.slices import SliceDocument

COUNTERPART = {"kernel": "zipline", "zipline": "kernel"}
"""The engine that each engine is held against."""
REPEATING = "kernel"
"""The engine that `validate` runs a strategy on hundreds of times, whichever its own is: the two give the same bits."""
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


def freeze_experiment(project: Project, name: str, experiment: Spec, *, dataset: str = "") -> dict[str, Frozen]:
    """Return the slice of every stage that runs once an experiment, by stage.

    Parameters
    ----------
    project : Project
    name : str
        Of the experiment, for the report.
    experiment : Spec
    dataset : str
        Stem of its dataset's file: for the gates, whose rejected rows are explained, and for the report, which looks for
        trials on other contents of it.
    """
    parts = {stage: parts_of(project, name, experiment, stage) for stage in EXPERIMENT_STAGES}
    parts["gate"] = gate_parts(load_gates(project), experiment.risk, dataset=dataset)  # type: ignore[attr-defined]
    parts["report"]["dataset_name"] = dataset
    slices = {stage: freeze(project, stage, each) for stage, each in parts.items()}
    slices["backtest"] = _as_trial(slices["backtest"], experiment)
    return slices


def _as_trial(frozen: Frozen, experiment: Spec) -> Frozen:
    """Return the slice of `backtest` with the hash by which its trial is counted."""
    document = frozen.document.model_copy(update={"trial_sha256": config_of(experiment)})
    return replace(frozen, document=document)


def freeze_sweep(project: Project, experiment: Spec) -> Frozen:
    """Return the slice of `sweep` for one experiment and its search."""
    parts = parts_of(project, "", experiment, "sweep")
    pins = pinned(project, "backtest", parts_of(project, "", experiment, "backtest"))
    backtest = {"code_sha256": pins.code_sha256, "env_sha256": pins.env_sha256}
    return freeze(project, "sweep", {**parts, "dataset": ingested(parts["dataset"]), "backtest": backtest})


def parts_of(project: Project, name: str, experiment: Spec, stage: str) -> dict[str, Any]:
    """Return what `stage` reads of an experiment, by key."""
    parts = {each.name: getattr(experiment, each.name) for each in GROUPS if stage in each.stages and not each.inside}
    if stage in ("backtest", "validate", "sweep", "parity"):
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
            key: _without_place(key, getattr(experiment, key))
            for key in type(experiment).model_fields
            if key not in ("tracking", "question") and not _is_left_out(key, getattr(experiment, key))
        }
    return parts


def _without_place(group: str, value: Any) -> Any:
    """Return a part of an experiment as a page shows it: of a search not where its points are run."""
    return value.model_copy(update={"launcher": "local", "cluster": ""}) if group == "search" else value


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


@dataclass(frozen=True)
class Pinned:
    """The code and the environment that a slice depends on; the same for all slices that name the same plug-ins.

    Parameters
    ----------
    code, environment : dict of str to str
        As in `Frozen`.
    code_sha256, env_sha256 : str
    """

    code: dict[str, str]
    environment: dict[str, str]
    code_sha256: str
    env_sha256: str


def freeze(project: Project, stage: str, parts: dict[str, Any]) -> Frozen:
    """Return the slice of a stage from what it reads, each part a Spec or plain JSON."""
    return frozen(stage, parts, pinned(project, stage, parts))


def pinned(project: Project, stage: str, parts: dict[str, Any], *, beside: Iterable[Path] = ()) -> Pinned:
    """Return the code and the environment that a slice depends on.

    Parameters
    ----------
    project : Project
    stage : str
    parts : dict
        What the stage reads.
    beside : iterable of Path
        Files that it depends on besides its own and those of the plug-ins it names.
    """
    roots = [*_roots(project, stage, parts), *beside]
    code = closure(roots, project.plugins)
    _refuse_edited(code)
    has_plugins = any(name.startswith(PROJECT_PACKAGE) for name in code)
    plugged = plugin_modules(roots, project.plugins) if has_plugins else {}
    refuse_hidden(plugged, project)
    imported = [name for names in plugged.values() for name in names if not name.startswith(PROJECT_PACKAGE)]
    facts = environment(
        stage,
        parts["execution"].engine if "execution" in parts else None,
        parts["search"].kind if "search" in parts else None,
    )
    facts = distribution_versions(imported) | facts
    return Pinned(code, facts, code_digest(code), environment_digest(facts))


def frozen(stage: str, parts: dict[str, Any], pins: Pinned) -> Frozen:
    """Return the slice of a stage whose code and environment are known."""
    spec = {key: plain(value) for key, value in parts.items()}
    return Frozen(
        document=SliceDocument(
            spec=_in_order(spec),
            spec_sha256=spec_digest(stage, spec if stage in SHOWING else parts),
            code_sha256=pins.code_sha256,
            engine_sha256=engine_digest(parts["execution"]) if "execution" in parts else None,
            env_sha256=pins.env_sha256,
        ),
        code=pins.code,
        environment=pins.environment,
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


def _in_order(tree: Any) -> Any:
    """Return a JSON tree with its keys sorted, as a slice file has them: a stage sees one order, whoever runs it."""
    return {key: _in_order(tree[key]) for key in sorted(tree)} if isinstance(tree, dict) else tree


def _roots(project: Project, stage: str, parts: dict[str, Any]) -> Iterator[Path]:
    """Yield the stage's own file and the file of every kind that its slice names."""
    package = package_folder()
    yield package / "pipeline" / f"{stage}.py"
    for group, family, kind, params in kinds_used(parts):
        if group == "connector" and stage != "ingest":
            continue  # who else reads a dataset's spec reads its bars, not its source
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
        elif group.package and group.name in ("strategy", "cv", "search", "report"):
            yield group.name, group.package, value.kind, value


def freeze_tracking(
    project: Project, experiments: Mapping[str, Spec], datasets: Mapping[str, str], sweeps: Mapping[str, str]
) -> Frozen:
    """Return the slice of `track`: where each experiment is logged, on which dataset it ran, and of which there are sweeps."""
    rows = {
        name: {"dataset": datasets[name], "tracking": plain(experiment.tracking)}  # type: ignore[attr-defined]
        for name, experiment in experiments.items()
    }
    return freeze(project, "track", {"experiments": rows, "sweeps": dict(sweeps)})
