"""Laws of limits alone: what the engines take for granted of their hooks."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace

from enerqis.interfaces.risk import LimitParams
from enerqis.io.plugins import load, params_class
from enerqis.laws.kinds import Subject, has_defaults

PEAKS = (1.0, 250.0, 1_000_000.0)
SESSION_STARTS = (0.4, 0.9, 1.0)
EQUITIES = tuple(step / 2000.0 for step in range(1, 2001))
"""What a limit on equity is tried with: peaks; starts of a session and equities as fractions of the peak."""


def lets_go_upwards(subject: Subject) -> list[str]:
    """A limit on equity that leaves targets alone leaves them alone at every higher equity, peak and session the same."""
    params, module = params_class(subject.kind, LimitParams), load(subject.kind)
    if params is None or not has_defaults(params) or not hasattr(module, "limit_equity"):
        return []
    p = SimpleNamespace(**{name: math.nan if value is None else value for name, value in params()})
    for peak, start in itertools.product(PEAKS, SESSION_STARTS):
        is_free = [module.limit_equity(p, peak * each, peak, peak * start) >= 1.0 for each in EQUITIES]
        if is_free != sorted(is_free):
            return [
                "limit_equity binds at an equity above one that it leaves alone; engines ask it below such a one only"
            ]
    return []
