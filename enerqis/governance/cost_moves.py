"""Which way a change of what trading and holding cost moves a result, and of knobs by which orders fill more kindly.

A lower cost is said, because it flatters every figure; it is no limit, so nobody's consent is asked for beyond the review of
the file that holds it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from enerqis.governance.moves import Direction, Move, Way, moves_of_kind, moves_of_knobs
from enerqis.governance.side import Costs, Value

SORTS = ("commission", "slippage", "carry")
FILLS: Mapping[str, Way | tuple[Any, ...]] = {
    "execution.latency_bars": "down",
    "execution.limit_fill": ("through", "touch"),
    "execution.intrabar_order": ("stop_first", "take_profit_first"),
    "execution.last_bar": ("close", "hold"),
}
"""Knobs of the execution spec that make fills earlier, more likely or free: what flatters of each."""
WHY_FILLS = ("orders fill more kindly", "orders fill less kindly")
DRAWN = "execution.latency_distribution"


def cost_moves(
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    *,
    declared: Mapping[str, Costs],
    redeclared: Mapping[str, Costs],
) -> Iterator[Move]:
    """Yield every part of the costs, and every knob of fills, that differs between two resolved experiments.

    Parameters
    ----------
    old, new : mapping of dotted key to Value
    declared, redeclared : mapping of cost kind to Costs
        What the old side and the new side say of their kinds. The old side's directions count, as they do for limits; those of
        the new one where the old side's package is older than such declarations.
    """
    told = declared or redeclared
    for sort in SORTS:
        prefix, key = f"cost.{sort}", f"cost.{sort}.kind"
        if key not in old or key not in new:
            continue
        one, other = old[key].value, new[key].value
        if one == other:
            yield from moves_of_kind(prefix, old, new, told.get(one), redeclared.get(other))
        else:
            direction, why = _exchanged(told.get(one), redeclared.get(other))
            yield Move(key, one, other, direction, new[key].origin, why)
    yield from moves_of_knobs(old, new, FILLS, why=WHY_FILLS)
    yield from _drawn(old, new)


def _exchanged(before: Costs | None, after: Costs | None) -> tuple[Direction, str]:
    """Return which way another kind moves, and why: told only where one of them charges nothing."""
    if after and after.is_free:
        return "looser", "nothing is charged any more"
    if before and before.is_free:
        return "tighter", "nothing was charged before"
    return "untold", "another model of it"


def _drawn(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[Move]:
    """Yield another distribution of latencies: looser where orders wait less on average."""
    if DRAWN not in old or DRAWN not in new or old[DRAWN].value == new[DRAWN].value:
        return
    one, other = old[DRAWN].value, new[DRAWN].value
    before, after = _mean_bars(one), _mean_bars(other)
    direction: Direction = "looser" if after < before else "tighter" if after > before else "untold"
    yield Move(DRAWN, one, other, direction, new[DRAWN].origin, f"orders wait {before:g} -> {after:g} bars on average")


def _mean_bars(chances: Sequence[float]) -> float:
    """Return the mean of a distribution over 0, 1, 2, ... bars; none at all waits none."""
    return math.fsum(bars * chance for bars, chance in enumerate(chances))
