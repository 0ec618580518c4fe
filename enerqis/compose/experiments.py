"""The experiments and datasets that ``params.yaml`` puts into the graph, each resolved to its typed spec."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import yaml

from enerqis.compose.composed import Composed, Source
from enerqis.compose.matching import allowed_values
from enerqis.compose.positions import fault
from enerqis.compose.unions import AnyDataset, AnyExperiment, models
from enerqis.compose.validating import validate, validate_as
from enerqis.compose.yaml_text import load_text
from enerqis.core.errors import ConfigError, Problem
from enerqis.interfaces.search import SpaceParams
from enerqis.io.project import Project
from enerqis.spec.base import identity_tree
from enerqis.spec.params import ProjectParams


@dataclass(frozen=True)
class Resolved:
    """Everything that ``params.yaml`` puts into the graph, in the order of that file.

    Parameters
    ----------
    datasets : dict of name to Dataset
    experiments : dict of name to Experiment
    sweeps : dict of name to str
        The experiment of each sweep.
    """

    datasets: dict[str, AnyDataset]
    experiments: dict[str, AnyExperiment]
    sweeps: dict[str, str]


def load_params(project: Project) -> ProjectParams:
    """Return what ``params.yaml`` puts into the graph.

    Raises
    ------
    ConfigError
        If it is missing, is not YAML or breaks its model; names without a file under ``conf/`` included.
    """
    composed = _params_as_composed(project)
    params = validate_as(ProjectParams, composed)
    problems = _unknown_names(project, params, composed)
    if problems:
        raise ConfigError(problems)
    return params


def _unknown_names(project: Project, params: ProjectParams, listed: Composed) -> list[Problem]:
    return [*_unknown_datasets(project, params, listed), *_unknown_experiments(project, params, listed)]


def resolve_experiment(project: Project, name: str, extra_overrides: Sequence[str] = ()) -> AnyExperiment:
    """Return the typed spec of one experiment: its file, what ``params.yaml`` sets for it, then `extra_overrides`.

    Raises
    ------
    ConfigError
        With every problem of the experiment.
    """
    return validate(compose_experiment(project, name, extra_overrides), project)


def validate_placed(composed: Composed, project: Project) -> AnyExperiment:
    """Return the typed spec of an experiment whose outputs are to lie under ``data/``, where datasets are shared by name.

    Raises
    ------
    ConfigError
        With every problem of the experiment; a value of its dataset that is not the dataset file's own included.
    """
    experiment = validate(composed, project)
    shared = resolve_dataset(project, dataset_name(composed))
    own, common = (each.model_dump(mode="json") for each in (experiment.dataset, shared))
    problems = [
        Problem(
            composed.where(("dataset", key)),
            f"dataset.{key}",
            f"changes the shared dataset '{dataset_name(composed)}'. Write a dataset file of its own under conf/dataset "
            "and choose that.",
        )
        for key in sorted({*own, *common})
        if own.get(key) != common.get(key)
    ]
    if problems:
        raise ConfigError(problems)
    return experiment


def compose_experiment(project: Project, name: str, extra_overrides: Sequence[str] = ()) -> Composed:
    """Return the composition of one experiment, before validation.

    Raises
    ------
    ConfigError
        If there is no such experiment or it cannot be composed.
    """
    from enerqis.compose.composing import compose

    known = names(project, "experiment")
    if name not in known:
        raise ConfigError(
            [Problem("", "experiment", f"no file conf/experiment/{name}.yaml.{allowed_values(name, known)}")]
        )
    places = _set_overrides(project, name)
    return compose(project, [f"experiment={name}", *places, *extra_overrides], places=places)


def resolve_dataset(project: Project, name: str) -> AnyDataset:
    """Return the typed spec of one dataset, ``conf/dataset/NAME.yaml``.

    Raises
    ------
    ConfigError
        With every problem of the dataset.
    """
    return validate_as(models(project).dataset, compose_dataset(project, name), at=("dataset",))


def compose_dataset(project: Project, name: str) -> Composed:
    """Return the composition of one dataset, before validation.

    Raises
    ------
    ConfigError
        If there is no such dataset or it cannot be composed.
    """
    from enerqis.compose.composing import compose

    known = names(project, "dataset")
    if name not in known:
        raise ConfigError([Problem("", "dataset", f"no file conf/dataset/{name}.yaml.{allowed_values(name, known)}")])
    return compose(project, root=f"dataset/{name}")


def resolve_all(project: Project) -> Resolved:
    """Return every dataset and experiment of ``params.yaml``.

    Raises
    ------
    ConfigError
        With every problem of every experiment at once: names without a file, those of each spec, a dataset that is not the
        one the experiment composes, two experiments with the same spec.
    """
    listed = _params_as_composed(project)
    params = validate_as(ProjectParams, listed)
    problems = _unknown_names(project, params, listed)
    told = {problem.path for problem in problems}
    resolved = Resolved({}, {}, {name: entry.experiment for name, entry in params.sweeps.items()})
    for index, name in enumerate(params.datasets):
        if f"datasets.{index}" not in told:
            with _collecting(problems):
                resolved.datasets[name] = resolve_dataset(project, name)
    for name, entry in params.experiments.items():
        if f"experiments.{name}" in told:
            continue
        with _collecting(problems):
            composed = compose_experiment(project, name)
            if f"experiments.{name}.dataset" not in told:
                problems += _dataset_mismatch(name, entry.dataset, composed, listed)
            resolved.experiments[name] = validate_placed(composed, project)
    problems += _twins(resolved.experiments, listed)
    problems += _bad_sweeps(resolved, listed)
    if problems:
        raise ConfigError(problems)
    return resolved


@contextmanager
def _collecting(problems: list[Problem]) -> Iterator[None]:
    """Put the problems of a ConfigError into `problems` and carry on."""
    try:
        yield
    except ConfigError as exc:
        problems += exc.problems


def names(project: Project, group: str) -> list[str]:
    """Return the stems of the files of a group under ``conf/``, sorted."""
    return sorted(path.stem for path in (project.conf / group).glob("*.yaml"))


def _params_as_composed(project: Project) -> Composed:
    """Return ``params.yaml`` as a composition of one file, so that its problems get their places too."""
    path = project.params_file
    try:
        data = load_text(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ConfigError(
            [Problem("params.yaml", "", "no such file. It says which experiments are in the graph.")]
        ) from exc
    except yaml.YAMLError as exc:
        place, reason = fault(exc)
        raise ConfigError([Problem(f"params.yaml:{place.line}:{place.column}", "", reason)]) from exc
    return Composed(project, data, (Source(path, ""),))


def _unknown_datasets(project: Project, params: ProjectParams, listed: Composed) -> Iterable[Problem]:
    known = names(project, "dataset")
    for index, name in enumerate(params.datasets):
        if name not in known:
            where = listed.where(("datasets", str(index)))
            yield Problem(where, f"datasets.{index}", f"no file conf/dataset/{name}.yaml.{allowed_values(name, known)}")
    for name, entry in params.experiments.items():
        if entry.dataset not in params.datasets:
            path = ("experiments", name, "dataset")
            message = f"'{entry.dataset}' is not in 'datasets' above.{allowed_values(entry.dataset, params.datasets)}"
            yield Problem(listed.where(path), ".".join(path), message)


def _unknown_experiments(project: Project, params: ProjectParams, listed: Composed) -> Iterable[Problem]:
    known = names(project, "experiment")
    for name in params.experiments:
        if name not in known:
            path = ("experiments", name)
            message = f"no file conf/experiment/{name}.yaml.{allowed_values(name, known)}"
            yield Problem(listed.where(path, key=True), ".".join(path), message)


def _dataset_mismatch(name: str, dataset: str, composed: Composed, listed: Composed) -> Iterable[Problem]:
    chosen = dataset_name(composed)
    if chosen and chosen != dataset:
        path = ("experiments", name, "dataset")
        message = f"'{dataset}' is not the dataset that conf/experiment/{name}.yaml composes. Write '{chosen}'."
        yield Problem(listed.where(path), ".".join(path), message)


def dataset_name(composed: Composed) -> str:
    """Return the stem of the dataset file that a composition chose, or an empty text."""
    folder = composed.project.conf / "dataset"
    stems = [source.path.stem for source in composed.sources if source.path.parent == folder]
    return stems[-1] if stems else ""


def _twins(experiments: Mapping[str, AnyExperiment], listed: Composed) -> Iterable[Problem]:
    """Yield one problem for each experiment whose spec an earlier one has already."""
    seen: dict[str, str] = {}
    for name, experiment in experiments.items():
        key = json.dumps(identity_tree(experiment), sort_keys=True, default=str)
        first = seen.setdefault(key, name)
        if first != name:
            path = ("experiments", name)
            message = f"resolves to the same spec as '{first}'. Remove one, or let them differ."
            yield Problem(listed.where(path, key=True), ".".join(path), message)


def _bad_sweeps(resolved: Resolved, listed: Composed) -> Iterable[Problem]:
    """Yield one problem for each sweep of an experiment that has nothing to try, or that another sweep has already."""
    seen: dict[str, str] = {}
    for name, experiment in resolved.sweeps.items():
        path = ("sweeps", name, "experiment")
        where, key = listed.where(path), ".".join(path)
        if experiment not in resolved.experiments:
            if experiment not in listed.data["experiments"]:
                message = (
                    f"'{experiment}' is not in 'experiments' above.{allowed_values(experiment, resolved.experiments)}"
                )
                yield Problem(where, key, message)
            continue
        search = resolved.experiments[experiment].search
        if not isinstance(search, SpaceParams) or not search.space:
            message = (
                f"conf/experiment/{experiment}.yaml has no search with a space: nothing to try. See docs/sweeps.md."
            )
            yield Problem(where, key, message)
        if seen.setdefault(experiment, name) != name:
            yield Problem(where, key, f"the sweep '{seen[experiment]}' is the same. Remove one.")


def _set_overrides(project: Project, name: str) -> dict[str, str]:
    """Return what ``params.yaml`` sets for an experiment: each override in Hydra's grammar, and its place."""
    listed = _params_as_composed(project)
    path = ("experiments", name, "set")
    found = {}
    for key, value in _leaves(_mapping_at(listed.data, path)):
        override = f"{'.'.join(key)}={_literal(value)}"
        steps = (*path, *key)
        found[override] = listed.where(steps)
    return found


def _mapping_at(tree: Any, path: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the mapping at `path`, empty where there is none: what else stands there is refused by the model."""
    for step in path:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _leaves(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, str(key)))
        else:
            yield (*path, str(key)), value


def _literal(value: Any) -> str:
    """Return a YAML value as Hydra's override grammar writes it."""
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{quoted}'"
    if isinstance(value, list):
        return "[" + ",".join(_literal(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_literal(item)}" for key, item in value.items()) + "}"
    return json.dumps(value) if isinstance(value, bool) or value is None else str(value)
