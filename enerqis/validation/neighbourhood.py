"""The parameters beside the chosen ones, which say whether a result lives on a plateau or on a point.

Each number of the strategy is moved alone, by a tenth and by a fifth up and down, whole numbers by one at least; an exposure
not beyond what the account can carry, where a neighbour would be the run itself. These runs are no search: nothing is chosen
from them, and looking here for better values would be one that nobody counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from enerqis.core.errors import StageError
from enerqis.core.units import EXPOSURE
from enerqis.interfaces.engine import Job
from enerqis.io.plugins import Plugged
from enerqis.quant.plateau import by_distance
from enerqis.spec.base import Spec
from enerqis.spec.execution import Execution
from enerqis.validation.ground import Ground
from enerqis.validation.record import named_figures

STEP_FRACTION = 0.1
STEPS = (-2, -1, 1, 2)


class Moved(NamedTuple):
    """One parameter moved by some steps; `params` is None where the strategy refuses the value."""

    parameter: str
    steps: int
    value: float
    params: Spec | None


def neighbourhood_tree(job: Job, ground: Ground, *, own: dict[str, float]) -> dict[str, Any]:
    """Return ratio and total return of every neighbour, and how they fall with the distance.

    Parameters
    ----------
    job : Job
    ground : Ground
    own : dict
        Figures of the job itself.

    Returns
    -------
    dict
        ``points``, one a neighbour; ``refused``, how many the strategy or the engine did not take; ``without_effect``, how many
        gave the very same result and say nothing; ``shares``, mean Sharpe ratio of the others at one and two steps over the
        job's own, null where that is not above 0; ``half_life_steps`` null where half is left within reach.
    """
    points: list[dict[str, Any]] = []
    refused = 0
    for moved in neighbours(job.strategy.params, most=greatest_exposure(job.execution)):
        figures = _figures(job, ground, moved)
        if figures is None:
            refused += 1
            continue
        ratio, total = figures["sharpe_ratio"], figures["total_return_fraction"]
        points.append(
            {
                "parameter": moved.parameter,
                "steps": moved.steps,
                "value": moved.value,
                "sharpe_ratio": ratio,
                "total_return_fraction": total,
            }
        )
    moving = [each for each in points if each["total_return_fraction"] != own["total_return_fraction"]]
    found = by_distance(
        [abs(each["steps"]) for each in moving], [each["sharpe_ratio"] for each in moving], top=own["sharpe_ratio"]
    )
    return {
        "step_fraction": STEP_FRACTION,
        "points": points,
        "refused": refused,
        "without_effect": len(points) - len(moving),
        "shares": dict(zip((f"steps_{each}" for each in found.distances.tolist()), found.shares.tolist(), strict=True)),
        "neighbour_share_fraction": found.neighbour_share,
        "half_life_steps": found.half_life_steps,
    }


def greatest_exposure(execution: Execution) -> float:
    """Return the notional over equity that the account can carry: 1 for a cash account; infinite where debt is let pass."""
    return math.inf if execution.cash_shortfall == "allow" else 1.0 / execution.initial_margin_fraction


def neighbours(params: Spec, *, most: float = math.inf) -> Iterator[Moved]:
    """Yield every number of Params moved alone; a number of 0 has no step, an exposure none up to beyond `most`."""
    for name, field in type(params).model_fields.items():
        value = getattr(params, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value:
            continue
        for steps in STEPS:
            moved = _moved(value, steps)
            if not (_is_exposure(field) and value < moved and moved > most):
                yield Moved(name, steps, moved, _valid(params, name, moved))


def _is_exposure(field: FieldInfo) -> bool:
    """Whether a field is declared as an `enerqis.core.units.Exposure`."""
    return any(each is EXPOSURE for each in field.metadata)


def _moved(value: float, steps: int) -> float:
    """Return a value moved by some steps: an integer stays one."""
    if isinstance(value, int):
        return value + steps * max(1, round(abs(value) * STEP_FRACTION))
    return value * (1.0 + steps * STEP_FRACTION)


def _valid(params: Spec, name: str, value: float) -> Spec | None:
    """Return Params with one field changed; None where they refuse it."""
    try:
        return type(params).model_validate({**dict(params), name: value})
    except ValidationError:
        return None


def _figures(job: Job, ground: Ground, moved: Moved) -> dict[str, float] | None:
    """Return the figures of a neighbour; None where it is refused."""
    if moved.params is None:
        return None
    try:
        result = ground.run(replace(job, strategy=Plugged(job.strategy.module, moved.params)))
    except StageError:
        return None
    found = named_figures(ground.returns(result.equity, job)[1], per_year=ground.sessions_per_year)
    return found if math.isfinite(found["total_return_fraction"]) else None
