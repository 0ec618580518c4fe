"""Checks of what an experiment runs bar by bar: the project's own kernels are portable, before anything is computed."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import ModuleType

from enerqis.compose.composed import Composed
from enerqis.compose.portable import check_portable
from enerqis.compose.positions import Key
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import Problem
from enerqis.interfaces.cost import FUNCTIONS
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import is_algorithm
from enerqis.io.plugins import Kind, load, scan
from enerqis.spec.base import Spec


def unportable(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield what is not portable in the kernels that an engine would run; the shipped ones are held by `enerqis lint`."""
    plugins = composed.project.plugins
    chosen = {
        "strategies": [experiment.strategy.kind],
        "costs": [getattr(experiment.cost, sort).kind for sort in FUNCTIONS],
        "risk": [name for name, params in experiment.risk if params is not None],
        "indicators": _called(experiment, composed),
    }
    for family, names in chosen.items():
        kinds = scan(family, plugins)
        for kind in (kinds[name] for name in names if name in kinds and not kinds[name].is_shipped):
            yield from _faults_of(kind, load(kind))


def declared_by(
    kind: Kind, function: str, params: Spec, at: Key, composed: Composed
) -> tuple[Mapping[str, IndicatorCall], list[Problem]]:
    """Return the series that a plug-in declares, or the problem that keeps it from declaring them."""
    module = load(kind)
    if is_algorithm(module):
        return {}, []
    try:
        return getattr(module, function)(params), []
    except ValueError as exc:
        return {}, [Problem(composed.where(at), ".".join(at), f"{str(exc).rstrip('.')}.")]
    except (AttributeError, TypeError, LookupError, ArithmeticError) as exc:
        line = [each.lineno for each in traceback.extract_tb(exc.__traceback__) if each.filename == str(kind.path)]
        place = f"{kind.shown}:{line[-1]}" if line else kind.shown
        return {}, [Problem(place, "", f"{function}(params) fails: {type(exc).__name__}: {exc}.")]


@lru_cache(maxsize=256)
def _faults_of(kind: Kind, module: ModuleType) -> tuple[Problem, ...]:
    """Return what is not portable in a kind as it is loaded now: points of a sweep ask again and again."""
    del module
    return tuple(check_portable(kind))


def _called(experiment: AnyExperiment, composed: Composed) -> list[str]:
    """Return the kinds of indicators that the strategy and the features declare; none where the project has no own ones."""
    plugins = composed.project.plugins
    if all(kind.is_shipped for kind in scan("indicators", plugins).values()):
        return []
    strategy = scan("strategies", plugins)[experiment.strategy.kind]
    declared = [declared_by(strategy, "indicators", experiment.strategy, ("strategy",), composed)[0]]
    for name, params in experiment.feature.items():
        kind = scan("features", plugins)[params.kind]
        declared.append(declared_by(kind, "columns", params, ("feature", name), composed)[0])
    return sorted({call.kind for series in declared for call in series.values()})
