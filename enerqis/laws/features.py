"""Laws of features: columns that exist, known at their bar, the same again."""

from __future__ import annotations

from collections.abc import Iterator

from enerqis.interfaces.feature import AVAILABLE_AT, FeatureParams
from enerqis.interfaces.indicator import BAR_FIELDS, IndicatorCall, contradiction
from enerqis.io.plugins import load, params_class
from enerqis.laws.ahead import Market, looks_ahead
from enerqis.laws.documented import undocumented
from enerqis.laws.indicators import same_bits
from enerqis.laws.kinds import Subject, examples, indicator_module
from enerqis.laws.market import market
from enerqis.laws.round_trip import does_not_return
from enerqis.laws.streaming import Columns, Floats, indicator_array

N_BARS = 500
CUT = 400


def documented(subject: Subject) -> list[str]:
    """The module, its Params, each field and each function say what they are."""
    return undocumented(subject.kind, params_class(subject.kind, FeatureParams))


def round_trips(subject: Subject) -> list[str]:
    """Params survive JSON."""
    return [wrong for params in examples(subject, FeatureParams) if (wrong := does_not_return(params))]


def declares_what_exists(subject: Subject) -> list[str]:
    """Every column is an indicator that exists, of the bar, with the numbers it takes."""
    found = []
    for name, call in _declared(subject):
        wrong = contradiction(indicator_module(call.kind, subject.plugins), call)
        found += [f"column '{name}': {wrong}"] if wrong else []
        found += [f"column '{name}' has the name that says when a label is known"] if name == AVAILABLE_AT else []
        found += [
            f"column '{name}' reads '{each}', no field of a bar" for each in call.inputs if each not in BAR_FIELDS
        ]
    return found


def deterministic(subject: Subject) -> list[str]:
    """The same bars give the same bits, whatever was computed between."""
    columns = market(N_BARS)
    found = []
    for name, call in _declared(subject):
        first = _values(subject, call, columns)
        _values(subject, call, market(N_BARS, seed=5))
        if not same_bits(_values(subject, call, columns), first):
            found.append(f"column '{name}' is not deterministic")
    return found


def no_look_ahead(subject: Subject) -> list[str]:
    """Change the future, or cut it off: what was said before must not move."""
    calls = dict(_declared(subject))

    def produce(assets: Market) -> dict[str, Floats]:
        return {f"column '{name}'": _values(subject, call, assets[0]) for name, call in calls.items()}

    return looks_ahead(produce, [market(N_BARS)], CUT, where=subject.kind.shown)


def _declared(subject: Subject) -> Iterator[tuple[str, IndicatorCall]]:
    for params in examples(subject, FeatureParams):
        yield from load(subject.kind).columns(params).items()


def _values(subject: Subject, call: IndicatorCall, columns: Columns) -> Floats:
    return indicator_array(indicator_module(call.kind, subject.plugins), call, columns)


LAWS = (documented, round_trips, declares_what_exists, deterministic, no_look_ahead)
