"""Checks between the groups of one experiment, before anything is computed: symbols, feature columns, indicators."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from enerqis.compose.composed import Composed
from enerqis.compose.gap_checks import short_gaps
from enerqis.compose.kernel_checks import declared_by, unportable
from enerqis.compose.matching import allowed_values, did_you_mean
from enerqis.compose.positions import Key
from enerqis.compose.strategy_shape import named_series
from enerqis.compose.unions import AnyExperiment
from enerqis.core.errors import Problem
from enerqis.interfaces.cost import FUNCTIONS, misfits, needed
from enerqis.interfaces.feature import horizon_bars
from enerqis.interfaces.indicator import BAR_FIELDS, IndicatorCall, contradiction, params_tuple
from enerqis.interfaces.search import SpaceParams
from enerqis.interfaces.strategy import is_algorithm
from enerqis.io.plugins import Kind, load, scan
from enerqis.quant.constraints import parse_constraint
from enerqis.spec.base import Spec

SEARCHED = ("strategy", "cost", "risk", "execution")
"""Groups whose values a search may set: what the bars and the features are stays as it is."""

ANOTHER_SEARCH = " A strategy of another kind needs a search of its own, or none: search=none."
"""What to do where the strategy was chosen anew and the search was not."""

CHOSEN = ("kind", "engine")
"""Keys that choose code, which a search does not."""

SHORTS = "is_long_short"
"""The parameter by which a strategy says that it sells short (interfaces/strategy.py)."""


def cross_check(experiment: AnyExperiment, composed: Composed) -> list[Problem]:
    """Return what contradicts itself across the groups of `experiment`."""
    checks = (
        _unknown_symbols,
        _other_currency,
        _silent_shorts,
        _algorithm_elsewhere,
        _misfitting_costs,
        _missing_spread,
        _unknown_series,
        unportable,
        _unknown_space,
        short_gaps,
    )
    return [problem for check in checks for problem in check(experiment, composed)]


def _unknown_symbols(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    known = experiment.dataset.symbols
    for index, symbol in enumerate(experiment.universe.symbols):
        if symbol not in known:
            path = ("universe", "symbols", str(index))
            message = f"'{symbol}' is not in the dataset.{allowed_values(symbol, known)}"
            yield Problem(composed.where(path), ".".join(path), message)


def _other_currency(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem where account and prices are in different currencies: nothing here converts."""
    account, quote = experiment.execution.currency, experiment.dataset.currency
    if account != quote:
        message = f"the account is in {account} and the dataset's prices are in {quote}. Write {quote}."
        yield Problem(composed.where(("execution", "currency")), "execution.currency", message)


def _silent_shorts(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem where the strategy is told to sell short and the account may not: its shorts would mean flat."""
    if getattr(experiment.strategy, SHORTS, False) and not experiment.execution.allow_short:
        message = (
            f"the strategy sells short and execution.allow_short is false, so it would stay flat instead. "
            f"Write execution.allow_short: true, or strategy.{SHORTS}: false."
        )
        yield Problem(composed.where(("strategy", SHORTS)), f"strategy.{SHORTS}", message)


def _algorithm_elsewhere(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem where a plain zipline algorithm is to be run by another engine."""
    strategy, engine = experiment.strategy, experiment.execution.engine
    module = load(scan("strategies", composed.project.plugins)[strategy.kind])
    if is_algorithm(module) and engine != "zipline":
        message = (
            f"'{strategy.kind}' is a plain zipline algorithm, which the engine {engine} cannot run. Write zipline."
        )
        yield Problem(composed.where(("execution", "engine")), "execution.engine", message)


def _misfitting_costs(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem for each cost kind whose functions are not those that engines call: of an older interface, say."""
    kinds = scan("costs", composed.project.plugins)
    for sort in FUNCTIONS:
        params = getattr(experiment.cost, sort)
        path = ("cost", sort, "kind")
        for sentence in misfits(load(kinds[params.kind]), sort):
            message = f"{kinds[params.kind].shown}: {sentence}."
            yield Problem(composed.where(path), ".".join(path), message)


def _missing_spread(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem where the slippage cannot do without a spread and the dataset names no column of one."""
    params = experiment.cost.slippage
    module = load(scan("costs", composed.project.plugins)[params.kind])
    if "spread" in needed(module, params) and experiment.dataset.columns.spread is None:
        message = (
            f"'{params.kind}' pays the data's spread and the dataset has none. Name dataset.columns.spread, or give "
            "cost.slippage a fallback."
        )
        yield Problem(composed.where(("cost", "slippage", "kind")), "cost.slippage.kind", message)


def _unknown_series(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem for each declared indicator that does not exist or reads what does not."""
    plugins = composed.project.plugins
    indicators = scan("indicators", plugins)
    features = scan("features", plugins)
    columns: set[str] = set()
    labels: dict[str, int] = {}
    for name, params in experiment.feature.items():
        at = ("feature", name)
        declared, problems = declared_by(features[params.kind], "columns", params, at, composed)
        yield from problems
        yield from _check(declared, BAR_FIELDS, indicators, params, at, composed)
        for column, call in declared.items():
            known = [f"{name}.{output}" for output in _outputs(column, call, indicators)]
            labels |= dict.fromkeys(known, horizon_bars(params)) if horizon_bars(params) else {}
            columns.update(() if horizon_bars(params) else known)
    strategy = experiment.strategy
    kind = scan("strategies", plugins)[strategy.kind]
    declared, problems = declared_by(kind, "indicators", strategy, ("strategy",), composed)
    yield from problems
    named = named_series(load(kind))
    if not problems and named is not None and set(named) != set(declared):
        said, declares = (", ".join(each) or "none" for each in (named, declared))
        message = f"the class of ind names the fields {said}; indicators() declares {declares}. Make them equal."
        yield Problem(kind.shown, "", message)
    sources = (*BAR_FIELDS, *sorted(columns))
    yield from _labels_read(declared, labels, sources, strategy, composed)
    honest = {series: call for series, call in declared.items() if labels.keys().isdisjoint(call.inputs)}
    yield from _check(honest, sources, indicators, strategy, ("strategy",), composed)


def _labels_read(
    declared: Mapping[str, IndicatorCall],
    labels: Mapping[str, int],
    sources: tuple[str, ...],
    strategy: Spec,
    composed: Composed,
) -> Iterator[Problem]:
    """Yield a problem for each label, by its column and its horizon, that a strategy reads."""
    for series, call in declared.items():
        for source in (each for each in call.inputs if each in labels):
            path = ("strategy", *_key_that_says(strategy, source))
            message = (
                f"'{series}' reads '{source}', a label: it is known only {labels[source]} bars later. Labels are for fitting "
                f"and judging; read another column.{allowed_values(source, sources)}"
            )
            yield Problem(composed.where(path), ".".join(path), message)


def _unknown_space(experiment: AnyExperiment, composed: Composed) -> Iterator[Problem]:
    """Yield a problem for each key that a search would set or compare and that is no plain value of the spec."""
    search = experiment.search
    if not isinstance(search, SpaceParams):
        return
    known = [key for name in SEARCHED for key in _plain_keys(getattr(experiment, name), name)]
    wrong = [(key, ("search", "space", key), "set") for key in search.space]
    for index, text in enumerate(search.constraints):
        wrong += [(key, ("search", "constraints", str(index)), "compare") for key in parse_constraint(text).keys]
    first = ""
    for key, path, verb in wrong:
        if key in known:
            continue
        tail = (
            f"{did_you_mean(key, known)} Allowed: see {first}."
            if first
            else f"{allowed_values(key, known)}{ANOTHER_SEARCH}"
        )
        first = first or ".".join(path)
        where = composed.where(path, key=verb == "set")
        yield Problem(where, ".".join(path), f"'{key}' is no value that a search may {verb}.{tail}")


def _plain_keys(part: object, path: str) -> Iterator[str]:
    """Yield the dotted keys of the plain values of a spec; what another choice of plug-in would change is left out."""
    if isinstance(part, BaseModel):
        for name, value in part:
            if name not in CHOSEN:
                yield from _plain_keys(value, f"{path}.{name}")
    elif part is None or isinstance(part, bool | int | float | str):
        yield path


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
        for said, message in list(_wrong_sources(name, call, sources)) or _wrong_call(name, call, indicators):
            path = (*at, *_key_that_says(params, said))
            yield Problem(composed.where(path), ".".join(path), message)


def _wrong_call(name: str, call: IndicatorCall, indicators: Mapping[str, Kind]) -> Iterator[tuple[str, str]]:
    """Yield the word at fault and a message for an indicator that does not exist or cannot be declared like that."""
    if call.kind not in indicators:
        message = f"'{name}' is made by the indicator '{call.kind}', which does not exist."
        yield call.kind, message + allowed_values(call.kind, indicators)
        return
    module = load(indicators[call.kind])
    numbers = [field for field in params_tuple(module)._fields if field != "tick_size"]
    unknown = [number for number, _ in call.arguments if number not in numbers]
    for number in unknown:
        yield number, f"'{call.kind}' has no number '{number}'.{allowed_values(number, numbers)}"
    wrong = "" if unknown else contradiction(module, call)
    if wrong:
        yield call.kind, f"'{name}': {wrong}."


def _wrong_sources(name: str, call: IndicatorCall, sources: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for source in call.inputs:
        if source not in sources:
            message = f"'{name}' reads '{source}', which no bar and no feature has."
            yield source, message + allowed_values(source, sources)


def _key_that_says(params: Spec, word: str) -> Key:
    """Return the path inside `params` of the value or key that is `word` or part of it, or an empty path."""
    for name, value in params:
        if isinstance(value, str) and value and value in (word, *word.split(".")):
            return (name,)
        if isinstance(value, tuple) and word in value:
            return (name, str(value.index(word)))
        if isinstance(value, dict) and word in value:
            return (name, word)
    return ()


def _outputs(column: str, call: IndicatorCall, indicators: Mapping[str, Kind]) -> list[str]:
    """Return the columns that one declared indicator gives: itself, or one for each of its several outputs."""
    if call.kind not in indicators:
        return [column]
    result = typing.get_type_hints(load(indicators[call.kind]).step)["return"]
    return [f"{column}_{field}" for field in getattr(result, "_fields", ())] or [column]
