"""Checks between the groups of one experiment, before anything is computed: symbols, feature columns, indicators."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from typing import Any

from enerqis.compose.composed import Composed
from enerqis.compose.matching import allowed_values
from enerqis.compose.positions import Key
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import Problem
from enerqis.interfaces.indicator import BAR_FIELDS, IndicatorCall, contradiction
from enerqis.io.plugins import Kind, load, scan
from enerqis.spec.base import Spec


def cross_check(experiment: AnyExperiment, composed: Composed) -> list[Problem]:
    """Return what contradicts itself across the groups of `experiment`."""
    return [*_unknown_symbols(experiment, composed), *_unknown_series(experiment, composed)]


def _unknown_symbols(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    known = experiment.dataset.symbols
    for index, symbol in enumerate(experiment.universe.symbols):
        if symbol not in known:
            path = ("universe", "symbols", str(index))
            message = f"'{symbol}' is not in the dataset.{allowed_values(symbol, known)}"
            yield Problem(composed.where(path), ".".join(path), message)


def _unknown_series(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem for each declared indicator that does not exist or reads what does not."""
    plugins = composed.project.plugins
    indicators = scan("indicators", plugins)
    features = scan("features", plugins)
    columns: set[str] = set()
    for name, params in experiment.feature.items():
        at = ("feature", name)
        declared, problems = _declared(features[params.kind], "columns", params, at, composed)
        yield from problems
        yield from _check(declared, BAR_FIELDS, indicators, params, at, composed)
        for column, call in declared.items():
            columns.update(f"{name}.{output}" for output in _outputs(column, call, indicators))
    strategy = experiment.strategy
    kind = scan("strategies", plugins)[strategy.kind]
    declared, problems = _declared(kind, "indicators", strategy, ("strategy",), composed)
    yield from problems
    yield from _check(declared, (*BAR_FIELDS, *sorted(columns)), indicators, strategy, ("strategy",), composed)


def _declared(
    kind: Kind, function: str, params: Spec, at: Key, composed: Composed
) -> tuple[Mapping[str, IndicatorCall], list[Problem]]:
    """Return the series that a plug-in declares, or the problem that keeps it from declaring them."""
    try:
        return getattr(load(kind), function)(params), []
    except ValueError as exc:
        return {}, [Problem(composed.where(at), ".".join(at), f"{str(exc).rstrip('.')}.")]


def _check(
    declared: Mapping[str, IndicatorCall],
    sources: tuple[str, ...],
    indicators: Mapping[str, Kind],
    params: Spec,
    at: Key,
    composed: Composed,
) -> Iterator[Problem]:
    """Yield what `declared` names and does not exist, at the key of `params` that names it."""
    for name, call in declared.items():
        if call.kind not in indicators:
            message = f"'{name}' is made by the indicator '{call.kind}', which does not exist."
            yield Problem(composed.where(at), ".".join(at), message + allowed_values(call.kind, indicators))
        elif set(call.inputs) <= set(sources) and (wrong := contradiction(load(indicators[call.kind]), call)):
            yield Problem(composed.where(at), ".".join(at), f"'{name}': {wrong}.")
        for source in call.inputs:
            if source not in sources:
                path = (*at, *_key_that_says(params, source))
                message = f"'{name}' reads '{source}', which no bar and no feature has."
                yield Problem(composed.where(path), ".".join(path), message + allowed_values(source, sources))


def _key_that_says(params: Spec, text: str) -> Key:
    """Return the key of `params` whose value is `text` or part of it, as a path of length one, or an empty path."""
    for name, value in params:
        if isinstance(value, str) and value and value in (text, *text.split(".")):
            return (name,)
    return ()


def _outputs(column: str, call: IndicatorCall, indicators: Mapping[str, Kind]) -> list[str]:
    """Return the columns that one declared indicator gives: itself, or one for each of its several outputs."""
    if call.kind not in indicators:
        return [column]
    result: Any = typing.get_type_hints(load(indicators[call.kind]).step)["return"]
    return [f"{column}_{field}" for field in getattr(result, "_fields", ())] or [column]
