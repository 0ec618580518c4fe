"""What a validation chooses, from its slice: the points of a search, and what is trained and tested."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from pydantic import ValidationError

from enerqis.compose.trials import config_digest, trial_key
from enerqis.core.errors import StageError
from enerqis.interfaces.cv import NONE, CvParams, reach
from enerqis.interfaces.engine import BacktestResult, Job
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.metric import Evidence
from enerqis.interfaces.search import SearchParams, SpaceParams
from enerqis.interfaces.splitter import Splitter
from enerqis.io.plugins import revive
from enerqis.pipeline import receipts
from enerqis.pipeline.backtest import BacktestSlice, job_on, returns_facts
from enerqis.pipeline.stage import Work
from enerqis.validation.folds import Chosen, CrossValidation, cross_validate
from enerqis.validation.ground import Ground
from enerqis.validation.search import Candidates

TOUCHED = ("strategy", "cost", "risk", "execution")
"""Groups that a point may change here: features are an input of the stage, and computed once."""


class ValidateSlice(BacktestSlice):
    """What the stage `validate` reads of an experiment."""

    feature: dict[str, dict[str, Any]]
    cv: dict[str, Any]
    search: dict[str, Any]


def candidates_of(work: Work, spec: ValidateSlice, job: Job, evidence: Evidence, ground: Ground) -> Candidates | None:
    """Return what the experiment's search chooses among; None without a search, or where it changes an input of this stage."""
    search = revive("search", spec.search["kind"], spec.search, SearchParams, work.project.plugins)
    if not isinstance(search.params, SpaceParams) or not search.params.space:
        return None
    if any(key.partition(".")[0] not in TOUCHED for key in search.params.space):
        return None
    tree = spec.model_dump(mode="json")

    def job_at(values: Mapping[str, Any]) -> Job:
        try:
            point = ValidateSlice.model_validate_json(json.dumps(_set(tree, values)))
            return job_on(job.panel, point, plugins=work.project.plugins, calendar=job.calendar)
        except (ValidationError, KeyError) as exc:
            raise StageError(f"{dict(values)}: {exc}") from exc

    fixed = {key: value for group in TOUCHED for key, value in _leaves(tree[group], group)}
    return Candidates(search, fixed, job_at, ground, evidence, _trials(work, spec, job))


def _trials(work: Work, spec: ValidateSlice, job: Job) -> Callable[[Job, BacktestResult | None], dict[str, Any]]:
    """Return what gives a point the trial key and the figures that `backtest` would give it alone."""
    content = receipts.read(work.inputs["parquet"])["outputs"]["parquet"]
    shared = {"feature": _features(work, spec), "universe": spec.universe}
    figures = returns_facts(job, work.inputs["parquet"])

    def of(point: Job, result: BacktestResult | None) -> dict[str, Any]:
        costs = {name: getattr(point, name).params for name in spec.cost}
        limits = {kind: point.limits[kind].params if kind in point.limits else None for kind in spec.risk}
        parts = {"strategy": point.strategy.params, "cost": costs, "risk": limits, "execution": point.execution}
        key = trial_key(config_digest({**shared, **parts}), content)
        return {"key": key} if result is None else {"key": key, **figures(point, result)}

    return of


def _features(work: Work, spec: ValidateSlice) -> dict[str, FeatureParams]:
    """Return the parameters of the experiment's features by name."""
    return {
        name: cast(FeatureParams, revive("features", each["kind"], each, FeatureParams, work.project.plugins).params)
        for name, each in spec.feature.items()
    }


def cross_validation_of(
    work: Work,
    spec: ValidateSlice,
    job: Job,
    evidence: Evidence,
    ground: Ground,
    candidates: Candidates | None,
) -> CrossValidation | None:
    """Return the tests of all splits, each of what was chosen on its train set; None where the experiment has no scheme."""
    if spec.cv["kind"] == NONE:
        return None
    plugins = work.project.plugins
    scheme = revive("cv", spec.cv["kind"], spec.cv, CvParams, plugins)
    limits = {kind: each.params for kind, each in job.limits.items()}
    splitter = Splitter(
        scheme.module, cast(CvParams, scheme.params), reach(_features(work, spec), limits, job.execution)
    )
    return cross_validate(
        job,
        splitter,
        ground,
        sessions=evidence.sessions,
        choose=candidates.choose if candidates else lambda seen: Chosen(job, evidence.returns[seen], {}),
    )


def _set(tree: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a tree with values set at dotted keys.

    Raises
    ------
    KeyError
        If the tree has no such key.
    """
    found = dict(tree)
    for key, value in values.items():
        step, _, rest = key.partition(".")
        if step not in found:
            raise KeyError(key)
        found[step] = _set(found[step] or {}, {rest: value}) if rest else value
    return found


def _leaves(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the plain values of a tree by dotted key."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _leaves(value, f"{path}.{key}")
    else:
        yield path, tree
