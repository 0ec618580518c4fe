"""How many of some trials differ: near copies of one idea, told by the correlation of their returns, count as one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SAME_IDEA = 0.5**0.5
"""Correlation at which two series share half of their variance: from there on they count as one idea."""


def correlations(returns: Floats) -> Floats:
    """Return the correlation of every two trials, without BLAS, so that the bits do not depend on its threads.

    Parameters
    ----------
    returns : ndarray of shape (n_periods, n_trials)
        All trials over the same periods.

    Returns
    -------
    ndarray of shape (n_trials, n_trials)
        1 on the diagonal; 0 between trials of which one does not vary.
    """
    centred = returns - returns.mean(axis=0)
    length = np.sqrt(np.einsum("tn,tn->n", centred, centred))
    scaled = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0.0)
    found: Floats = np.clip(np.einsum("tn,tm->nm", scaled, scaled), -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def clusters(correlation: Floats, *, least: float = SAME_IDEA) -> Ints:
    """Groups of trials whose returns go together: average linkage, cut where groups correlate by less than `least`.

    Parameters
    ----------
    correlation : ndarray of shape (n_trials, n_trials)
    least : float
        Correlation above which two groups become one.

    Returns
    -------
    ndarray of shape (n_trials,)
        Number of each trial's group, from 0, in the order in which groups first appear.

    References
    ----------
    Distance of correlations: Mantegna (1999), European Physical Journal B 11, 193-197. Clusters of trials as the
    number of independent ones: Lopez de Prado and Lewis (2019), Quantitative Finance 19(9), 1555-1565. Their algorithm (ONC)
    chooses the cut by silhouettes and finds groups in independent trials as well; a fixed cut does not.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    count = len(correlation)
    if count < 2:
        return np.zeros(count, dtype=np.int64)
    distance = np.sqrt((1.0 - correlation) / 2.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    labels = fcluster(tree, t=np.sqrt((1.0 - least) / 2.0), criterion="distance")
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    numbers: Ints = rank[inverse].astype(np.int64)
    return numbers


def effective_trials(correlation: Floats, *, least: float = SAME_IDEA) -> int:
    """Return the number of groups: all trials where they are independent, 1 where they are copies."""
    return int(clusters(correlation, least=least).max(initial=-1)) + 1


def participation_ratio(correlation: Floats) -> float:
    """Return trials squared over the sum of squared correlations: a number of directions, no choice of a cut in it.

    Between independent trials of T periods, correlations of 1/sqrt(T) arise by chance, so that it stays below T.

    References
    ----------
    Bell and Dean (1970), Discussions of the Faraday Society 50, 55-61: the inverse participation ratio, here of eigenvalues:
    (sum of eigenvalues) squared over the sum of their squares.
    """
    count = len(correlation)
    return float(count * count / np.einsum("nm,nm->", correlation, correlation)) if count else 0.0
