"""The risk interface: limits as portable functions, the same code in every engine.

A limit is one file with ``class XParams(LimitParams)``, the constant ``LOOSER: dict[str, "up" | "down"]`` (which direction of
each parameter loosens it) and exactly one hook, which decides where the engine calls it:

``limit_target(p, target, acc) -> float``
    per asset: bound the decided exposure.
``limit_scale(p, gross, net) -> float``
    whole book: factor in [0, 1] that all targets are multiplied with; `gross` and `net` are the sums of decided exposures.
``stop_price(p, side, entry_price, best_price) -> float``
    per asset: price at which a position is closed for loss; NaN = none. `side` is 1.0 long, -1.0 short; `best_price` is the
    most favourable price since entry, of bars before this one.
``profit_price(p, side, entry_price) -> float``
    per asset: price at which a position is closed for gain.
``exit_bar(p, bars_held) -> bool``
    per asset: close the position at the next fill.
``limit_equity(p, equity, peak_equity, session_start_equity, halted) -> float``
    whole account, after each bar, on equity with unrealised profit: factor in [0, 1] for all targets of the next bar; 0 closes
    everything. `halted` is 1.0 once this limit has returned 0 and the limit declares ``LATCH = "session"`` or ``"forever"``.

All prices are on the adjusted scale; ``p`` is a named tuple of the numeric fields.
"""

from __future__ import annotations

from enerqis.spec.base import Spec


class LimitParams(Spec):
    """Base of every limit's Params. A limit's kind is its key in the risk profile, so there is no ``kind`` field."""
