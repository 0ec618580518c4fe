"""The indicator interface: a streaming kernel, one step a bar.

An indicator is one file whose stem is its name, with:

``class XParams(NamedTuple)``
    numeric parameters, all floats (a count of bars is a whole one); the last field is ``tick_size``, which the engine fills:
    the grid of the inputs where all of them are prices, on the adjusted scale, of an asset that has one, else 0 = no grid.
``class XState(NamedTuple)``
    float64 arrays of fixed size, changed in place by ``step``; or a state of `enerqis.quant` that several indicators share.
``x(source, ..., lookback_bars, ...) -> IndicatorCall``
    the declaration that strategies and features write.
``initial_state(p) -> XState``
    arrays before the first bar; plain numpy, not portable.
``step(p, state, *inputs) -> float | NamedTuple of floats``
    one closed bar; NaN until ``warmup_bars`` bars were seen. O(1) a bar, in the portable subset. Called only for bars that
    exist. A NaN input (a feature column that is still warming up) counts as not seen: the state stays, the value is NaN.
``warmup_bars(p) -> int``
    bars needed before the first value, which comes at the close of that bar.
``settling_bars(p) -> int``
    only in a recursive indicator: bars after which its values no longer depend on where it started.

Law: batch equals the same step looped; a finite window gives the same bits from any start, a recursive indicator agrees
within 1e-12 relative once ``settling_bars`` bars were seen.
"""

from __future__ import annotations

import inspect
import math
from types import ModuleType
from typing import Any, NamedTuple

MAX_BARS = 1_000_000
"""Longest window."""

SETTLED = 1e-13
"""Weight of the start at which a recursive indicator counts as settled."""

BAR_FIELDS: tuple[str, ...] = ("open", "high", "low", "close", "volume")
"""Sources an indicator can read directly; any other source is a feature column."""

PRICE_FIELDS: tuple[str, ...] = ("open", "high", "low", "close")
"""Sources that lie on the tick grid."""


class IndicatorCall(NamedTuple):
    """A declared series: which indicator, of what, with which numbers.

    Parameters
    ----------
    kind : str
        Stem of the indicator's file.
    inputs : tuple of str
        One source per input of ``step``: a field of the bar, or a feature column ``NAME.COLUMN``.
    arguments : tuple of (str, float)
        Parameters by name, ``tick_size`` excepted, in the order of the Params.
    """

    kind: str
    inputs: tuple[str, ...]
    arguments: tuple[tuple[str, float], ...]


def declare(kind: str, inputs: tuple[str, ...], **arguments: float) -> IndicatorCall:
    """Return the declaration of indicator `kind`, its arguments checked.

    Raises
    ------
    ValueError
        If an input is no name, a number is not finite, or one that ends in ``_bars`` is not a whole number from 1 to a million.
    """
    for source in inputs:
        if source not in BAR_FIELDS and source.count(".") != 1:
            raise ValueError(f"{kind}: source {source!r} is unknown. Allowed: {', '.join(BAR_FIELDS)}, or NAME.COLUMN")
    for name, value in arguments.items():
        if not math.isfinite(value):
            raise ValueError(f"{kind}: {name} must be a finite number, got {value}")
        if name.endswith("_bars") and not (value == int(value) and 1 <= value <= MAX_BARS):
            raise ValueError(f"{kind}: {name} must be a whole number from 1 to {MAX_BARS}, got {value}")
    return IndicatorCall(kind, inputs, tuple((name, float(value)) for name, value in arguments.items()))


def geometric_settling(weight: float) -> int:
    """Return the bars after which the past of an average that gives `weight` to each new value is forgotten."""
    return math.ceil(math.log(SETTLED) / math.log1p(-weight)) if weight < 1.0 else 0


def params_tuple(module: ModuleType) -> Any:
    """Return the named tuple of an indicator's parameters.

    Raises
    ------
    LookupError
        If the file defines none whose name ends in ``Params``, or several.
    """
    found = [
        each
        for name, each in vars(module).items()
        if name.endswith("Params") and hasattr(each, "_fields") and each.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise LookupError(f"{module.__name__}: one class XParams(NamedTuple) is expected, found {len(found)}")
    return found[0]


def contradiction(module: ModuleType, call: IndicatorCall) -> str:
    """Return what is wrong with a declaration that was not made by the indicator's own function, or an empty text.

    The declaration is made again by that function, from the sources and numbers of `call`, so that all of its checks apply.
    """
    declaration = getattr(module, call.kind, None)
    if declaration is None:
        return f"{call.kind} has no function '{call.kind}' that declares it"
    names = list(inspect.signature(declaration).parameters)
    numbers = list(params_tuple(module)._fields[:-1])
    given = dict(call.arguments)
    if set(given) != set(numbers):
        return f"{call.kind} needs the arguments {', '.join(numbers) or 'none'}, got {', '.join(given) or 'none'}"
    sources = [name for name in names if name not in numbers]
    if sources and len(sources) != len(call.inputs):
        return f"{call.kind} reads {len(sources)} source(s), got {len(call.inputs)}"
    try:
        again: IndicatorCall = declaration(**dict(zip(sources, call.inputs, strict=False)), **given)
    except ValueError as exc:
        return str(exc)
    if again.inputs != call.inputs:
        return f"{call.kind} reads {', '.join(again.inputs)} in this order, got {', '.join(call.inputs)}"
    return ""
