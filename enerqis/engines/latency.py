"""How many bars each order waits: a constant, and on request a draw from the seed, the symbol and the instant alone."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from enerqis.interfaces.engine import Floats, Job

Words = npt.NDArray[np.uint64]

GAMMA, FIRST, SECOND = (np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
"""Constants of SplitMix64."""


def delays(job: Job) -> Floats:
    """Return how many whole bars an order waits that is decided at each row, of shape (n_bars, n_assets).

    A draw knows nothing but the seed, the symbol's name and the row's close: cut data, or other symbols beside it, change none.
    """
    execution, panel = job.execution, job.panel
    edges = np.cumsum(execution.latency_distribution)[:-1]
    found = np.full(panel.close.shape, float(execution.latency_bars))
    if edges.size:
        for asset, symbol in enumerate(panel.symbols):
            chance = uniforms(job.seed, symbol, panel.ts)
            found[:, asset] += np.searchsorted(edges, chance, side="right")
    return found


def uniforms(seed: int, symbol: str, instants: npt.NDArray[np.int64]) -> Floats:
    """Return a number in [0, 1) for each instant.

    References
    ----------
    Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA: the mixing function of SplitMix64.
    """
    name = hashlib.blake2b(f"enerqis/latency/1\0{seed}\0{symbol}".encode(), digest_size=8).digest()
    start = np.frombuffer(name, dtype="<u8").astype(np.uint64)
    words = mixed(mixed(instants.astype(np.uint64) * GAMMA) + start)
    chances: Floats = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return chances


def mixed(words: Words) -> Words:
    """Return 64-bit words stirred so that neighbours have nothing in common."""
    words = (words ^ (words >> np.uint64(30))) * FIRST
    words = (words ^ (words >> np.uint64(27))) * SECOND
    return words ^ (words >> np.uint64(31))
