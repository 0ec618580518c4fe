"""Laws of costs and limits: documented, and Params that survive JSON."""

from __future__ import annotations

from enerqis.interfaces.cost import CommissionParams, SlippageParams
from enerqis.interfaces.risk import LimitParams
from enerqis.io.plugins import params_class
from enerqis.laws.documented import undocumented
from enerqis.laws.kinds import Subject, has_defaults
from enerqis.laws.round_trip import does_not_return
from enerqis.spec.base import Spec

BASES: tuple[type[Spec], ...] = (CommissionParams, SlippageParams, LimitParams)


def documented(subject: Subject) -> list[str]:
    """The module, its Params, each field and each function say what they are."""
    return undocumented(subject.kind, _params(subject))


def round_trips(subject: Subject) -> list[str]:
    """Params survive JSON."""
    params = _params(subject)
    if params is None:
        return [f"no class derives from {' or '.join(base.__name__ for base in BASES)}"]
    wrong = does_not_return(params()) if has_defaults(params) else ""
    return [wrong] if wrong else []


def _params(subject: Subject) -> type[Spec] | None:
    return next((found for base in BASES if (found := params_class(subject.kind, base))), None)
