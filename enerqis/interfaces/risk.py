"""The risk interface: limits as portable functions, the same code in every engine.

A limit is one file with ``class XParams(LimitParams)``, the constant ``LOOSER: dict[str, "up" | "down"]`` (which direction of
each parameter loosens it) and exactly one hook, which decides where the engine calls it:

``limit_target(p, target) -> float``
    per asset: bound the decided exposure.
``limit_scale(p, gross, net) -> float``
    whole book: factor in [0, 1] that all targets are multiplied with; `gross` and `net` are the sums of decided exposures.
``limit_held(p, gross, net) -> float``
    as ``limit_scale``, and asked again after each bar with the exposures held: a factor below 1 cuts every position.
``stop_price(p, side, entry_price, best_price) -> float``
    per asset: price at which a position is closed for loss; NaN = none. `side` is 1.0 long, -1.0 short; `best_price` is the
    most favourable price since entry, of bars before this one.
``profit_price(p, side, entry_price) -> float``
    per asset: price at which a position is closed for gain.
``exit_bar(p, bars_held) -> bool``
    per asset: close the position at the next fill.
``limit_equity(p, equity, peak_equity, session_start_equity) -> float``
    whole account, after each bar, on equity with unrealised profit: factor in [0, 1] for all targets; 0 closes everything. A
    limit that declares ``LATCH = "session"`` or ``"forever"`` keeps its 0 until the session ends, or to the end of the run.
    A law: where it says 1, it says 1 for every higher equity, peak and session the same; the kernel asks it no more there.

Where several limits share a hook the strictest counts. After a limit closed a position, the same standing target does not open
it again: the strategy must change its target first (its own protective prices leave a target of 0 instead). All prices are on
the adjusted scale; ``p`` is a named tuple of the numeric fields.
"""

from __future__ import annotations

from typing import Literal

from enerqis.spec.base import Spec

HOOKS: tuple[str, ...] = (
    "limit_target",
    "limit_scale",
    "limit_held",
    "stop_price",
    "profit_price",
    "exit_bar",
    "limit_equity",
)
"""Names of the hooks; a limit defines exactly one."""

Looser = dict[str, Literal["up", "down"]]
"""For each parameter the direction that loosens the limit."""


class LimitParams(Spec):
    """Base of every limit's Params. A limit's kind is its key in the risk profile, so there is no ``kind`` field."""
