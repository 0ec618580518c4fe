"""Laws of indicators: no look at the future, the same again, a warm-up as declared, the same from any start."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, contradiction
from enerqis.io.plugins import Kind, load
from enerqis.laws.ahead import Market, looks_ahead
from enerqis.laws.documented import undocumented
from enerqis.laws.kinds import Subject, example_call
from enerqis.laws.market import TICK_SIZE, cut_to, market, with_another_future
from enerqis.laws.streaming import Columns, Floats, declaration_params, indicator_array

TOLERANCE = 1e-12
"""Agreement of a recursive indicator with itself from another start, relative to its largest value."""

SKIPPED = 137
"""Bars left out at the start, to see whether it matters; no multiple of a usual window."""


class Probe(NamedTuple):
    """One indicator set up to be tried.

    Parameters
    ----------
    module : module
    call : IndicatorCall
    tick_size : float
    """

    module: ModuleType
    call: IndicatorCall
    tick_size: float

    def values(self, columns: Columns) -> Floats:
        """Return what it says of `columns`, of shape (n_bars, n_outputs)."""
        return indicator_array(self.module, self.call, columns, self.tick_size)

    def warmup_bars(self) -> int:
        """Return the bars it declares to need."""
        return int(self.module.warmup_bars(declaration_params(self.module, self.call, self.tick_size)))

    def settling_bars(self) -> int:
        """Return the bars after which its start is forgotten; 0 where it forgets with its window."""
        settling: Callable[[object], int] | None = getattr(self.module, "settling_bars", None)
        return settling(declaration_params(self.module, self.call, self.tick_size)) if settling else 0

    def market(self) -> Columns:
        """Return a market long enough for it."""
        n_bars = SKIPPED + max(self.warmup_bars(), self.settling_bars()) + 400
        return market(n_bars, sources=tuple(source for source in self.call.inputs if "." in source))


def probes(kind: Kind) -> list[Probe]:
    """Return an indicator as its example declares it, without and with a tick grid."""
    module, call = load(kind), example_call(kind)
    return [Probe(module, call, tick_size) for tick_size in (0.0, TICK_SIZE)]


def _held(subject: Subject, law: Callable[[Probe], str]) -> list[str]:
    return list(dict.fromkeys(complaint for probe in probes(subject.kind) if (complaint := law(probe))))


def no_look_ahead(subject: Subject) -> list[str]:
    """Cut or change the future: what was said before must not move."""
    found = [sentence for probe in probes(subject.kind) for sentence in _looks_ahead(probe, subject.kind.shown)]
    return list(dict.fromkeys(found))


def _looks_ahead(probe: Probe, where: str) -> list[str]:
    columns = probe.market()

    def produce(assets: Market) -> dict[str, Floats]:
        return {"its value": probe.values(assets[0])}

    return looks_ahead(produce, [columns], len(columns["close"]) - 150, where=where)


def deterministic(subject: Subject) -> list[str]:
    """The same bars give the same bits, whatever was computed between."""
    return _held(subject, _varies)


def _varies(probe: Probe) -> str:
    columns = probe.market()
    first = probe.values(columns)
    probe.values(with_another_future(columns, 0, seed=5))
    if not same_bits(probe.values(columns), first):
        return "it is not deterministic: the same bars gave other values the second time"
    return ""


def warms_up_as_declared(subject: Subject) -> list[str]:
    """Every value before the declared warm-up is NaN, the first one after it is a number."""
    return _held(subject, _warms_up_otherwise)


def _warms_up_otherwise(probe: Probe) -> str:
    known = ~np.isnan(probe.values(probe.market())).any(axis=1)
    first = int(np.argmax(known)) + 1 if known.any() else 0
    if first != probe.warmup_bars():
        return f"it declares a warm-up of {probe.warmup_bars()} bars, its first whole value comes at bar {first}"
    return ""


def same_from_any_start(subject: Subject) -> list[str]:
    """A finite window gives the same bits from any start, a recursive indicator agrees once it has settled."""
    return _held(subject, _depends_on_start)


def _depends_on_start(probe: Probe) -> str:
    columns = probe.market()
    settled = max(probe.warmup_bars(), probe.settling_bars())
    whole = probe.values(columns)[SKIPPED + settled :]
    later = probe.values(cut_to(columns, SKIPPED))[settled:]
    if probe.settling_bars() == 0:
        return "" if same_bits(later, whole) else "its values depend on the first bar: other bits from a later start"
    largest = np.nanmax(np.abs(whole), initial=0.0)
    if not np.allclose(later, whole, rtol=TOLERANCE, atol=TOLERANCE * largest, equal_nan=True):
        return f"its values still depend on the first bar after {probe.settling_bars()} bars"
    return ""


def skips_what_is_not_there(subject: Subject) -> list[str]:
    """A NaN input counts as not seen: the values of the other bars do not move."""
    return _held(subject, _stumbles)


def _stumbles(probe: Probe) -> str:
    columns = probe.market()
    places = np.array([0, 1, 7, 30, 31, 32, 90, len(columns["close"]) - 5])
    holed = {name: np.insert(column, places, np.nan) for name, column in columns.items()}
    values = probe.values(holed)
    missing = np.isnan(holed["close"])
    if not np.isnan(values[missing]).all():
        return "it says something at a bar whose input is NaN"
    return "" if same_bits(values[~missing], probe.values(columns)) else "a NaN input changes its later values"


def declares_what_it_takes(subject: Subject) -> list[str]:
    """The declaration names the Params in their order, ``tick_size`` last, and as many inputs as ``step`` reads."""
    kind = subject.kind
    module, call = load(kind), example_call(kind)
    complaints = [contradiction(module, call)]
    fields = tuple(name for name, _ in call.arguments)
    expected = declaration_params(module, call)._fields
    if (*fields, "tick_size") != expected:
        complaints.append(f"it declares the arguments {fields}, its Params are {expected}")
    if call.kind != kind.name:
        complaints.append(f"it declares itself as '{call.kind}', its file is '{kind.name}'")
    read = module.step.__code__.co_argcount - 2
    if read != len(call.inputs):
        complaints.append(f"it declares {len(call.inputs)} inputs, step reads {read}")
    return [each for each in complaints if each]


def same_bits(left: Floats, right: Floats) -> bool:
    """Return whether two arrays are equal bit by bit; NaN equals NaN."""
    return left.shape == right.shape and bool(np.array_equal(left, right, equal_nan=True))


def documented(subject: Subject) -> list[str]:
    """The module and everything in it that has a name says what it is."""
    return undocumented(subject.kind, None)


LAWS = (
    documented,
    declares_what_it_takes,
    warms_up_as_declared,
    deterministic,
    no_look_ahead,
    same_from_any_start,
    skips_what_is_not_there,
)
