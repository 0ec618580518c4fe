"""Splits and dividends read back from cumulative adjustment factors, whose last digits are rounded.

Factors work backwards: those of a row turn prices up to and including its date into today's scale. Two rows after each other
therefore differ by what happened between their dates.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FACTOR_ERROR = 0.5e-7
"""Half a unit of the seventh decimal, to which factors are written."""

PRICE_ERROR = 0.005
"""Half a cent, to which reference prices are written."""

DENOMINATOR_MAX = 10_000
DECIMALS_MAX = 10


class Changes(NamedTuple):
    """What happened after each row but the last; arrays of shape (n_rows - 1,).

    Parameters
    ----------
    split_factor : ndarray of float64
        New units per old; 1 = no split.
    dividend : ndarray of float64
        Cash per unit of the new scale, in the currency of the reference price; 0 = none.
    """

    split_factor: Floats
    dividend: Floats


def changes_between(price_factor: Floats, split_factor: Floats, reference_price: Floats) -> Changes:
    """Return the splits and dividends that rows of cumulative factors tell of.

    Parameters
    ----------
    price_factor, split_factor : ndarray of shape (n_rows,)
        Cumulative factors for dividends and for splits, sorted by date, above 0.
    reference_price : ndarray of shape (n_rows,)
        Raw close of the row's date, on the scale before the event.

    Returns
    -------
    Changes
        The split is the later split factor over the earlier: p / q of the smallest q that the rounding of the factors leaves
        open. The dividend is reference price x (1 - earlier price factor / later), paid to a unit of the scale before the
        event, hence divided by a split of the same day: the number of fewest decimals that the rounding leaves open.

    References
    ----------
    QuantConnect/Lean, ``Common/Data/Auxiliary/CorporateFactorRow.cs``, ``Apply(Dividend)``, ``Apply(Split)``:
    pf(i) = pf(i+1) (C - D) / C and sf(i) = sf(i+1) s, where s is old units per new.
    """
    split = [_split(before, after) for before, after in pairwise(split_factor)]
    paid = [
        _cash(before, after, reference) / factor
        for (before, after), reference, factor in zip(pairwise(price_factor), reference_price[:-1], split, strict=True)
    ]
    return Changes(np.array(split, dtype=np.float64), np.array(paid, dtype=np.float64))


def _split(before: float, after: float) -> float:
    ratio = after / before
    error = ratio * (FACTOR_ERROR / before + FACTOR_ERROR / after)
    for denominator in range(1, DENOMINATOR_MAX + 1):
        simple = round(ratio * denominator) / denominator
        if abs(simple - ratio) <= error:
            return float(simple)
    return float(ratio)


def _cash(before: float, after: float, reference: float) -> float:
    ratio = before / after
    cash = reference * (1.0 - ratio)
    error = reference * ratio * (FACTOR_ERROR / before + FACTOR_ERROR / after) + PRICE_ERROR * abs(1.0 - ratio)
    for decimals in range(DECIMALS_MAX):
        if abs(round(cash, decimals) - cash) <= error:
            return round(float(cash), decimals) + 0.0
    return float(cash)
