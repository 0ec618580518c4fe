"""Probability of backtest overfitting: whether the best configuration of one half of the data stays good in the other."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enerqis.quant.moments import NOISE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TILE_VALUES = 1 << 21
"""Values of one tile of splits times configurations: bounds the memory of 12,870 splits of many configurations."""


@dataclass(frozen=True)
class SymmetricValidation:
    """What combinatorially symmetric cross-validation found; arrays of shape (n_splits,).

    Parameters
    ----------
    best : ndarray
        Configuration with the highest ratio in sample.
    in_sample, out_of_sample : ndarray
        Sharpe ratio per period of that configuration in either half.
    logits : ndarray
        ln(w / (1 - w)) of its relative rank w among all out of sample; below 0 where it falls into the worse half.
    """

    best: Ints
    in_sample: Floats
    out_of_sample: Floats
    logits: Floats

    @property
    def overfitting_fraction(self) -> float:
        """Probability of backtest overfitting (PBO): share of splits whose best ends below the median, half of those on it.

        The paper counts the whole median, which gives 2 of 3 for three configurations without skill, and 1 for copies of one.
        """
        return float(np.mean(self.logits < 0.0) + np.mean(self.logits == 0.0) / 2.0)

    @property
    def loss_fraction(self) -> float:
        """Probability of loss: share of splits whose best loses out of sample."""
        return float(np.mean(self.out_of_sample < 0.0))

    @property
    def degradation(self) -> tuple[float, float]:
        """Slope and intercept of the line through the ratios out of sample over those in sample; slope NaN without spread.

        The halves are one whole: what is in one is not in the other, so that the slope is negative even for noise.
        """
        centre = float(self.in_sample.mean())
        apart = self.in_sample - centre
        spread = float(np.sum(apart * apart))
        if spread <= NOISE * (1.0 + centre * centre):
            return math.nan, float(self.out_of_sample.mean())
        slope = float(np.sum(apart * self.out_of_sample)) / spread
        return slope, float(self.out_of_sample.mean()) - slope * centre


def symmetric_validation(returns: Floats, *, blocks: int = 16) -> SymmetricValidation:
    """Split the periods into blocks, and let every half of the blocks choose for the other half (CSCV).

    Parameters
    ----------
    returns : ndarray of shape (n_periods, n_configs)
        Returns of all configurations that were tried, none left out: those left out are what PBO is about.
    blocks : int
        Even; 16 gives 12,870 splits. Periods before the first whole block are not used.

    Returns
    -------
    SymmetricValidation

    Raises
    ------
    ValueError
        If there are fewer than two configurations, or fewer than two periods a block, or `blocks` is odd.

    References
    ----------
    Bailey, Borwein, Lopez de Prado and Zhu (2017), The probability of backtest overfitting, Journal of Computational Finance
    20(4), 39-69, section 4. Ties share their rank.
    """
    periods, configs = returns.shape
    if configs < 2:
        raise ValueError(f"{configs} configurations: nothing was chosen. Must be at least 2")
    if blocks < 2 or blocks % 2 or periods < 2 * blocks:
        raise ValueError(f"blocks: {blocks} of {periods} periods. Must be even, with at least 2 periods in each")
    size = periods // blocks
    used = returns[periods - size * blocks :]
    centre = used.mean(axis=0)
    return _over_splits((used - centre).reshape(blocks, size, configs), centre, half=blocks // 2)


def _over_splits(centred: Floats, centre: Floats, *, half: int) -> SymmetricValidation:
    """Return the result from returns in blocks, less their mean over all, so that sums of squares do not cancel."""
    blocks, size, configs = centred.shape
    first, second = centred.sum(axis=1), np.einsum("btn,btn->bn", centred, centred)
    chosen = np.array(list(itertools.combinations(range(blocks), half)))
    member = np.zeros((len(chosen), blocks))
    np.put_along_axis(member, chosen, 1.0, axis=1)
    step = max(1, TILE_VALUES // configs)
    parts = [
        _tile(member[start : start + step], first, second, centre, count=half * size)
        for start in range(0, len(member), step)
    ]
    best, inside, outside, logits = (np.concatenate(each) for each in zip(*parts, strict=True))
    return SymmetricValidation(best, inside, outside, logits)


def _tile(
    member: Floats, first: Floats, second: Floats, centre: Floats, *, count: int
) -> tuple[Ints, Floats, Floats, Floats]:
    """Return best configuration, its ratios and its logit for some splits; sums without BLAS."""
    inside = _ratios(member, first, second, centre, count)
    outside = _ratios(1.0 - member, first, second, centre, count)
    best = inside.argmax(axis=1)
    rows = np.arange(len(best))
    its = outside[rows, best]
    below = (outside < its[:, None]).sum(axis=1)
    ties = (outside == its[:, None]).sum(axis=1)
    rank = below + (ties + 1) / 2.0
    share = rank / (outside.shape[1] + 1.0)
    return best, inside[rows, best], its, np.log(share / (1.0 - share))


def _ratios(member: Floats, first: Floats, second: Floats, centre: Floats, count: int) -> Floats:
    """Return the Sharpe ratio of every configuration over the blocks of every split; 0 where its returns do not vary."""
    mean = np.einsum("sb,bn->sn", member, first) / count
    square = np.einsum("sb,bn->sn", member, second) - count * mean * mean
    deviation = np.sqrt(np.maximum(square, 0.0) / (count - 1))
    varies = deviation > NOISE * (np.abs(centre) + np.abs(mean) + 1e-300)
    ratios: Floats = np.divide(mean + centre, deviation, out=np.zeros_like(mean), where=varies)
    return ratios
