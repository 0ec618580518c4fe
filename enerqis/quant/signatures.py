"""A trial's returns in a few numbers that can be correlated with those of any other trial on the same dataset.

The dataset's time, from its first open to its last close, is cut into 64 blocks of equal length; the signature holds the simple
return of the account in each, as little-endian float16, NaN where the trial had no bar. Blocks are of the dataset's time and
not of the trial's bars, so that trials on other symbols, periods and frequencies lie on one grid: 128 bytes, 172 letters of
base64.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCKS = 64
"""Unrelated trials correlate with a standard error of 1/8 over so many blocks."""

LEAST_SHARED = 8
"""Blocks that two trials must share before their correlation says anything."""

ROUNDING = 1e-12
"""A variance below this share of the mean square is rounding: the returns are constant."""

LARGEST = 60_000.0
"""Returns beyond are cut: float16 ends at 65,504."""


def block_ends(ts: Ints, *, first_ts: int, last_ts: int) -> Ints:
    """Return the row of the last bar in each block.

    Parameters
    ----------
    ts : ndarray of shape (n_bars,)
        Closes of a trial's bars, UTC ns, increasing.
    first_ts, last_ts : int
        First open and last close of the dataset, UTC ns.

    Returns
    -------
    ndarray of shape (BLOCKS,)
        Row of `ts`; that of the block before where a block has no bar; -1 before the first bar.
    """
    span = last_ts - first_ts
    edges = np.array([first_ts + span * block // BLOCKS for block in range(1, BLOCKS + 1)], dtype=np.int64)
    rows: Ints = np.searchsorted(ts, edges, side="right").astype(np.int64) - 1
    return rows


def signatures(marks: Floats, ends: Ints, *, initial: Floats) -> list[str]:
    """Return the signatures of equity curves from their values at the ends of blocks.

    Parameters
    ----------
    marks : ndarray of shape (n_trials, BLOCKS)
        Equity after the rows `ends`; what stands where a row is -1 does not matter.
    ends : ndarray of shape (n_trials, BLOCKS)
        Of each trial's bars, as `block_ends` gives them.
    initial : ndarray of shape (n_trials,)
        Equity before the first bar.
    """
    before = np.concatenate((np.full((len(ends), 1), -1), ends[:, :-1]), axis=1)
    earlier = np.concatenate((initial[:, None], marks[:, :-1]), axis=1)
    started = np.where(before < 0, initial[:, None], earlier)
    has_bars = ends > before
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = np.where(has_bars, np.where(started > 0.0, marks / started - 1.0, 0.0), np.nan)
    cut = np.clip(returns, -LARGEST, LARGEST).astype("<f2")
    return [base64.b64encode(row.tobytes()).decode("ascii") for row in cut]


def signature_of(equity: Floats, ts: Ints, *, initial: float, first_ts: int, last_ts: int) -> str:
    """Return the signature of a whole equity curve, one value at each of `ts`."""
    ends = block_ends(ts, first_ts=first_ts, last_ts=last_ts)
    return signatures(equity[None, np.maximum(ends, 0)], ends[None], initial=np.array([initial]))[0]


def returns_of(text: str) -> Floats:
    """Return the block returns that a signature holds, shape (BLOCKS,); all NaN of an empty one."""
    if not text:
        return np.full(BLOCKS, np.nan)
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float64)


def correlations_of(texts: Sequence[str], others: Sequence[str]) -> Floats:
    """Return the correlation of every signature of one list with every one of another, over the blocks that both have.

    Returns
    -------
    ndarray of shape (n_texts, n_others)
        0 where two trials share fewer than `LEAST_SHARED` blocks, or one does not vary over those.
    """
    (left, has_left), (right, has_right) = _filled(texts), _filled(others)
    shared = _products(has_left, has_right)
    count = np.maximum(shared, 1.0)
    means = _products(left, has_right) / count, _products(has_left, right) / count
    squares = _products(left**2, has_right) / count, _products(has_left, right**2) / count
    variances = [np.maximum(square - mean**2, 0.0) for square, mean in zip(squares, means, strict=True)]
    varies = [each > ROUNDING * square for each, square in zip(variances, squares, strict=True)]
    covariance = _products(left, right) / count - means[0] * means[1]
    scale = np.sqrt(variances[0] * variances[1])
    is_known = varies[0] & varies[1] & (shared >= LEAST_SHARED) & (scale > 0.0)
    found: Floats = np.clip(np.divide(covariance, scale, out=np.zeros_like(scale), where=is_known), -1.0, 1.0)
    return found


def _filled(texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Return the returns of signatures with 0 where there are none, and 1 where there are some, each (n_texts, BLOCKS)."""
    returns = np.array([returns_of(text) for text in texts]).reshape(len(texts), BLOCKS)
    known = np.isfinite(returns)
    return np.where(known, returns, 0.0), known.astype(np.float64)


def _products(left: Floats, right: Floats) -> Floats:
    """Return the inner product of every row of one with every row of the other, without BLAS: always the same bits."""
    found: Floats = np.einsum("nb,mb->nm", left, right)
    return found
