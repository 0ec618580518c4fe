"""Sharpe ratios and kurtosis as types that cannot be mixed up: per period or per year, full or excess.

A ratio of daily returns is some sixteen times smaller than the same ratio per year, and a kurtosis of 3 is normal while an
excess of 3 is not. As plain floats they fit into the same formulas; as types they do not, neither for mypy nor at run time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

FigureT = TypeVar("FigureT")


@dataclass(frozen=True, slots=True)
class PeriodSharpe:
    """Mean over standard deviation of the returns of one period, as they were counted: a bar, a session, a month.

    Parameters
    ----------
    value : float
        NaN where the returns do not vary.
    """

    value: float

    def annual(self, periods_per_year: float) -> AnnualSharpe:
        """Return the ratio per year, by the square root of time: right for returns that do not depend on each other.

        References
        ----------
        Lo (2002), Financial Analysts Journal 58(4), 36-52; there also what dependence of returns does to it.
        """
        return AnnualSharpe(self.value * math.sqrt(_per_year(periods_per_year)))


@dataclass(frozen=True, slots=True)
class AnnualSharpe:
    """Mean over standard deviation of yearly returns.

    Parameters
    ----------
    value : float
    """

    value: float

    def per_period(self, periods_per_year: float) -> PeriodSharpe:
        """Return the ratio per period, by the square root of time."""
        return PeriodSharpe(self.value / math.sqrt(_per_year(periods_per_year)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kurtosis:
    """Fourth standardised moment: ``Kurtosis(full=3.0)`` is a normal's, and so is ``Kurtosis.from_excess(0.0)``.

    Parameters
    ----------
    full : float
        At least 1, as for any distribution; NaN where the returns do not vary.

    Raises
    ------
    ValueError
        If it is below 1: an excess was taken for it.
    """

    full: float

    def __post_init__(self) -> None:
        if self.full < 1.0:
            raise ValueError(
                f"kurtosis {self.full:g}: a full kurtosis is at least 1, a normal's is 3. "
                "For an excess over the normal's write Kurtosis.from_excess(...)"
            )

    @classmethod
    def from_excess(cls, excess: float) -> Kurtosis:
        """Return the kurtosis whose excess over that of a normal, 3, is given."""
        return cls(full=excess + 3.0)

    @property
    def excess(self) -> float:
        """What it is above the kurtosis of a normal."""
        return self.full - 3.0


def expect(value: object, kind: type[FigureT], name: str) -> FigureT:
    """Return `value` if it is of that kind.

    Raises
    ------
    TypeError
        If it is another: what is wanted, what came, and how to convert it.
    """
    if isinstance(value, kind):
        return value
    raise TypeError(f"{name}: {kind.__name__} wanted, not {type(value).__name__}.{_MENDS.get(kind, '')}")


_MENDS: dict[type, str] = {
    PeriodSharpe: " Write PeriodSharpe(x) of a ratio per period, or AnnualSharpe(x).per_period(periods_per_year)",
    AnnualSharpe: " Write AnnualSharpe(x) of a ratio per year, or PeriodSharpe(x).annual(periods_per_year)",
    Kurtosis: " Write Kurtosis(full=x), 3 for a normal, or Kurtosis.from_excess(x), 0 for a normal",
}


def _per_year(periods: float) -> float:
    if not 0.0 < periods < math.inf:
        raise ValueError(f"periods per year: {periods:g}. Must be a finite number above 0")
    return periods
