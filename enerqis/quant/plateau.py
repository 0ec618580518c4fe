"""Parameter plateau: how fast a result dies around its parameters. A peak that stands alone is noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Plateau(NamedTuple):
    """How a result falls with the distance from a point.

    Parameters
    ----------
    distances : ndarray of shape (n_distances,)
        Steps away from the point, increasing, from 1.
    shares : ndarray of shape (n_distances,)
        Mean result at that distance over the result at the point; NaN where the latter is not above 0.
    counts : ndarray of shape (n_distances,)
        Points at that distance.
    """

    distances: Ints
    shares: Floats
    counts: Ints

    @property
    def neighbour_share(self) -> float:
        """Share of the result that is left one step away; NaN where there is no neighbour."""
        return float(self.shares[0]) if len(self.distances) and self.distances[0] == 1 else math.nan

    @property
    def half_life_steps(self) -> float:
        """Steps after which half of the result is gone, between two by a line; infinity where it never is, NaN unknown."""
        shares = np.concatenate(([1.0], self.shares))
        steps = np.concatenate(([0.0], self.distances.astype(np.float64)))
        if not np.isfinite(shares).all() or len(shares) < 2:
            return math.nan
        gone = np.flatnonzero(shares <= 0.5)
        if not len(gone):
            return math.inf
        last, first = shares[gone[0] - 1], shares[gone[0]]
        return float(steps[gone[0] - 1] + (last - 0.5) / (last - first) * (steps[gone[0]] - steps[gone[0] - 1]))


def plateau(points: Sequence[Sequence[float]], results: Floats, *, centre: int | None = None) -> Plateau:
    """Result by the number of steps away from a point, one step being to the next value that was tried of a parameter.

    Parameters
    ----------
    points : sequence of n_points sequences of n_parameters floats
    results : ndarray of shape (n_points,)
        Higher is better; NaN = failed, counted as 0.
    centre : int, optional
        The point to start from; the best by default.

    Returns
    -------
    Plateau
        Distance is the largest number of steps in any parameter, so that the neighbours of a point are the cells around it.
    """
    values = np.asarray(points, dtype=np.float64).reshape(len(results), -1)
    steps = np.column_stack([np.unique(column, return_inverse=True)[1] for column in values.T])
    known = np.where(np.isfinite(results), results, 0.0)
    here = int(np.argmax(known)) if centre is None else centre
    away = np.abs(steps - steps[here]).max(axis=1)
    others = away > 0
    return by_distance(away[others].tolist(), known[others].tolist(), top=float(known[here]))


def by_distance(steps: Sequence[int], results: Sequence[float], *, top: float) -> Plateau:
    """Result by the number of steps away from a point whose own result is `top`.

    Parameters
    ----------
    steps : sequence of int
        Of each other point, at least 1.
    results : sequence of float
        Higher is better; NaN = failed, counted as 0.
    top : float
    """
    away = np.asarray(steps, dtype=np.int64)
    values = np.nan_to_num(np.asarray(results, dtype=np.float64), nan=0.0)
    distances = np.unique(away)
    means = np.array([values[away == each].mean() for each in distances])
    shares = means / top if top > 0.0 else np.full(len(distances), math.nan)
    return Plateau(distances, shares, np.array([(away == each).sum() for each in distances], dtype=np.int64))
