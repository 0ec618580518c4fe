"""The search interface: which points of a space are tried, in batches that are asked for and told about.

A search is one file with ``class XParams(SearchParams)`` and ``searcher(params, allows) -> Searcher``. `allows` tells whether
the constraints hold for some values: a point for which they do not is no trial, and is left out. A searcher is deterministic:
the same Params and the same scores give the same points; so a sweep that was killed is asked again from the start and finds
what it had computed.

Law: a searcher never sees anything but scores, and knows no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, Self

import numpy as np
from pydantic import Field, model_validator

from enerqis.quant.constraints import parse_constraint
from enerqis.spec.base import OUTSIDE_IDENTITY, Spec
from enerqis.spec.space import Scalar, Space, drawn

Objective = Literal["sharpe", "total_return", "final_equity", "max_drawdown", "turnover", "costs", "exposure"]
"""Figures that a point is judged by, all known from a batch."""

Allows = Callable[[Mapping[str, Scalar]], bool]
"""Whether the constraints hold for some values by key."""

MOST_DRAWS = 200
"""Draws in a row outside the constraints after which a search gives up."""


class SearchParams(Spec):
    """Base of every search's Params; subclasses add the literal ``kind``."""

    launcher: Literal["local", "ray"] = Field(
        "local",
        json_schema_extra=OUTSIDE_IDENTITY,
        description="where points are run: on the cores of this machine, or on a Ray cluster; outside every identity",
    )
    cluster: str = Field(
        "",
        json_schema_extra=OUTSIDE_IDENTITY,
        description="address of the Ray cluster, such as 10.0.0.5:6379; empty = RAY_ADDRESS, else Ray on this machine",
    )


class SpaceParams(SearchParams):
    """What every search over a space says."""

    space: Space = Field(default_factory=dict, description="values to try, by dotted key of the spec")
    constraints: tuple[str, ...] = Field(
        (), description="comparisons that a point must meet, such as strategy.a < strategy.b"
    )
    objective: Objective = Field("sharpe", description="figure that a point is judged by")
    direction: Literal["maximize", "minimize"] = Field("maximize", description="whether more of it is better, or less")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for text in self.constraints:
            parse_constraint(text)
        return self


def objective_of(params: SearchParams) -> tuple[Objective, float]:
    """Return the figure that points are judged by (without a search, the Sharpe ratio), and 1 where more is better, else -1."""
    if isinstance(params, SpaceParams):
        return params.objective, 1.0 if params.direction == "maximize" else -1.0
    return "sharpe", 1.0


class DrawnParams(SpaceParams):
    """What every search says that draws points by chance."""

    trials: int = Field(100, ge=1, le=1_000_000, description="points to try at most")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="seed of what is drawn")
    batch_trials: int = Field(50, ge=1, description="points that are asked for and told about together")
    patience_trials: int | None = Field(
        None, ge=1, description="stop after so many points without a better one; null = never"
    )


class Proposal(NamedTuple):
    """One point to try.

    Parameters
    ----------
    values : dict of key to value
    fraction : float
        Part of the bars, from the start, that it is run over; 1 = all.
    """

    values: dict[str, Scalar]
    fraction: float = 1.0


class Searcher(Protocol):
    """A search under way."""

    left_out: int
    """Points left out so far because the constraints do not hold."""

    def ask(self) -> list[Proposal]:
        """Return the next points; none = the search is finished."""

    def tell(self, scores: Sequence[float]) -> None:
        """Take the scores of the points asked for last, more is better; NaN = the point failed."""


class Search(Protocol):
    """The module of a search's kind."""

    def searcher(self, params: Any, allows: Allows) -> Searcher:
        """Return a search at its start."""


@dataclass
class Patience:
    """Counts points since the best one; an idle search stops.

    Parameters
    ----------
    limit : int or None
        Points without a better one that are allowed; None = any number.
    """

    limit: int | None
    best: float = field(default=-float("inf"))
    since: int = 0

    def take(self, scores: Sequence[float]) -> None:
        """Count the points of one batch."""
        for score in scores:
            self.since += 1
            if score > self.best:
                self.best, self.since = score, 0

    @property
    def is_over(self) -> bool:
        """Whether the search is to stop."""
        return self.limit is not None and self.since >= self.limit


class Draws:
    """Points drawn from a space by chance, none twice, only where the constraints hold.

    Parameters
    ----------
    space : Space
    seed : int
    allows : callable
    """

    def __init__(self, space: Space, seed: int, allows: Allows) -> None:
        self.left_out = 0
        self._space = space
        self._generator = np.random.Generator(np.random.PCG64(seed))
        self._allows = allows
        self._seen: set[str] = set()

    def take(self, count: int) -> list[dict[str, Scalar]]:
        """Return the next points; fewer where the space has no more, or nearly none."""
        points: list[dict[str, Scalar]] = []
        misses = 0
        while len(points) < count and misses < MOST_DRAWS:
            units = self._generator.random(len(self._space))
            point = {
                key: drawn(values, float(unit)) for (key, values), unit in zip(self._space.items(), units, strict=True)
            }
            misses += 1
            if (name := repr(point)) in self._seen:  # 1, 1.0 and True are three
                continue
            self._seen.add(name)
            if self._allows(point):
                points.append(point)
                misses = 0
            else:
                self.left_out += 1
        return points
