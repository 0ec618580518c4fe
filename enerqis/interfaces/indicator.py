"""The indicator interface: a streaming kernel, one step a bar.

An indicator is one file whose stem is its name, with:

``class XParams(NamedTuple)``
    numeric parameters; the last field is ``tick_size``, which the engine fills (0 = prices have no grid).
``class XState(NamedTuple)``
    float64 arrays of fixed size, changed in place by ``step``.
``x(source, ..., lookback_bars, ...) -> IndicatorCall``
    the declaration that strategies and features write.
``initial_state(p) -> XState``
    arrays before the first bar; plain numpy, not portable.
``step(p, state, *inputs) -> float | NamedTuple of floats``
    one closed bar; NaN until ``warmup_bars`` bars were seen. O(1) a bar, in the portable subset.
``warmup_bars(p) -> int``
    bars needed before the first value.

Law: batch equals the same step looped; a finite window gives the same bits from any start, a recursive indicator agrees
within 1e-12 relative after its declared warm-up.
"""

from __future__ import annotations

from typing import NamedTuple

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
