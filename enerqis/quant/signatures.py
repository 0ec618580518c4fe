"""A trial's returns in a few numbers that can be correlated with those of any other trial on the same dataset.

The dataset's time, from its first open to its last close, is cut into 64 blocks of equal length; the signature holds the simple
return of the account in each, as little-endian float16, NaN where the trial had no bar. Blocks are of the dataset's time and
not of the trial's bars, so that trials on other symbols, periods and frequencies lie on one grid: 128 bytes, 172 letters of
base64.
"""

from __future__ import annotations

import base64

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCKS = 64
"""Unrelated trials correlate with a standard error of 1/8 over so many blocks."""

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


def signature(marks: Floats, ends: Ints, *, initial: float) -> str:
    """Return the signature of an equity curve from its values at the ends of blocks.

    Parameters
    ----------
    marks : ndarray of shape (BLOCKS,)
        Equity at the rows `ends`; what stands where a row is -1 does not matter.
    ends : ndarray of shape (BLOCKS,)
        As `block_ends` gives them.
    initial : float
        Equity before the first bar.
    """
    before = np.concatenate(([-1], ends[:-1]))
    started = np.where(before < 0, initial, np.concatenate(([initial], marks[:-1])))
    has_bars = ends > before
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = np.where(has_bars, np.where(started > 0.0, marks / started - 1.0, 0.0), np.nan)
    return base64.b64encode(np.clip(returns, -LARGEST, LARGEST).astype("<f2").tobytes()).decode("ascii")


def signature_of(equity: Floats, ts: Ints, *, initial: float, first_ts: int, last_ts: int) -> str:
    """Return the signature of a whole equity curve, one value at each of `ts`."""
    ends = block_ends(ts, first_ts=first_ts, last_ts=last_ts)
    return signature(equity[np.maximum(ends, 0)], ends, initial=initial)


def returns_of(text: str) -> Floats:
    """Return the block returns that a signature holds, shape (BLOCKS,); all NaN of an empty one."""
    if not text:
        return np.full(BLOCKS, np.nan)
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float64)
