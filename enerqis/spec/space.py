"""The space of a search: for each key of the spec the values that may be tried."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from enerqis.spec.base import Spec

DIGITS = 12
"""Digits kept of a number drawn on the scale of logarithms, whose last ones differ between processors."""

Scalar = bool | int | float | str
"""A value that a search sets."""


class IntRange(Spec):
    """Whole numbers from `low` to `high`."""

    kind: Literal["int"] = "int"
    low: int = Field(description="lowest value, included")
    high: int = Field(description="highest value, included where a step meets it")
    step: int = Field(1, ge=1, description="distance of two values")
    is_log: bool = Field(False, description="drawn evenly on the scale of logarithms")

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_range(self.low, self.high, is_log=self.is_log)
        if self.is_log and self.step != 1:
            raise ValueError("is_log draws without steps: leave step out")
        return self


class FloatRange(Spec):
    """Numbers from `low` to `high`."""

    kind: Literal["float"] = "float"
    low: float = Field(description="lowest value, included")
    high: float = Field(description="highest value, included where a step meets it")
    step: float | None = Field(
        None, gt=0.0, description="distance of two values; null = any value between, not in a grid"
    )
    is_log: bool = Field(False, description="drawn evenly on the scale of logarithms")

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_range(self.low, self.high, is_log=self.is_log)
        if self.is_log and self.step is not None:
            raise ValueError("is_log draws without steps: leave step out")
        return self


class Choice(Spec):
    """One of some values."""

    kind: Literal["choice"] = "choice"
    values: tuple[Scalar, ...] = Field(min_length=1, description="values to choose from")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len({(type(each), each) for each in self.values}) != len(self.values):
            raise ValueError("values must not repeat")
        return self


Range = Annotated[IntRange | FloatRange | Choice, Field(discriminator="kind")]
"""The values of one key."""

Space = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$")], Range]
"""Ranges by dotted key of the spec, such as ``strategy.fast_bars``."""


def listed(values: Range) -> tuple[Scalar, ...]:
    """Return every value of a range, in order.

    Raises
    ------
    ValueError
        If there is no end of them: a range of floats without a step.
    """
    if isinstance(values, Choice):
        return values.values
    if isinstance(values, IntRange):
        return tuple(range(values.low, values.high + 1, values.step))
    if values.step is None:
        raise ValueError(
            "between two floats there is no end of values to list: give the range a step, or write a choice of values"
        )
    count = int((values.high - values.low) / values.step * (1.0 + 1e-12)) + 1
    return tuple(values.low + i * values.step for i in range(count))


def drawn(values: Range, unit: float) -> Scalar:
    """Return the value of a range that a number in [0, 1) stands for."""
    if isinstance(values, Choice):
        return values.values[int(unit * len(values.values))]
    if isinstance(values, IntRange) and values.is_log:
        return min(values.high, int(_between(values.low, values.high + 1.0, unit)))
    if isinstance(values, IntRange):
        return values.low + int(unit * ((values.high - values.low) // values.step + 1)) * values.step
    if values.is_log:
        return _between(values.low, values.high, unit)
    if values.step is None:
        return values.low + unit * (values.high - values.low)
    return listed(values)[int(unit * len(listed(values)))]


def _between(low: float, high: float, unit: float) -> float:
    """Return the number `unit` of the way from `low` to `high` on the scale of logarithms."""
    found = low * math.exp(unit * math.log(high / low))
    return min(high, max(low, float(f"{found:.{DIGITS}g}")))


def _check_range(low: float, high: float, *, is_log: bool) -> None:
    if high < low:
        raise ValueError(f"high {high} is below low {low}")
    if is_log and low <= 0:
        raise ValueError(f"is_log needs a low above 0, found {low}")
