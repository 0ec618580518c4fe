"""A market made up for the laws: random walks on a tick grid, with flat stretches, gaps and bars without volume."""

from __future__ import annotations

import numpy as np

from enerqis.laws.streaming import Columns

TICK_SIZE = 0.01
"""Grid of its prices."""


def market(n_bars: int, *, seed: int = 1, sources: tuple[str, ...] = ()) -> Columns:
    """Return bars of one asset and, for other `sources` such as feature columns, positive noise.

    Parameters
    ----------
    n_bars : int
    seed : int
        Another seed is another market; the first bars of a longer market are those of a shorter one.
    sources : tuple of str
        Further columns, ``NAME.COLUMN``.

    Returns
    -------
    mapping of source to ndarray of shape (n_bars,)
    """
    noise = np.random.default_rng(seed).normal(0.0, 1.0, (n_bars, 5 + len(sources)))
    moves = np.where(np.abs(noise[:, 0]) < 0.15, 0.0, 0.02 * noise[:, 0])
    close = _on_grid(50.0 * np.exp(np.cumsum(moves)))
    before = np.concatenate([[50.0], close[:-1]])
    opening = _on_grid(before * np.exp(0.005 * noise[:, 1]))
    top, bottom = np.maximum(opening, close), np.minimum(opening, close)
    return {
        "open": opening,
        "high": _on_grid(top * (1.0 + 0.01 * np.abs(noise[:, 2]))),
        "low": _on_grid(bottom * (1.0 - 0.01 * np.minimum(np.abs(noise[:, 3]), 5.0))),
        "close": close,
        "volume": np.where(noise[:, 4] < -2.0, 0.0, np.round(1000.0 * np.exp(noise[:, 4]))),
        **{source: np.exp(noise[:, 5 + place]) for place, source in enumerate(sources)},
    }


def with_another_future(columns: Columns, cut: int, *, seed: int) -> Columns:
    """Return `columns` with all bars from `cut` on replaced by those of another market."""
    sources = tuple(name for name in columns if "." in name)
    other = market(len(columns["close"]), seed=seed, sources=sources)
    return {name: np.concatenate([column[:cut], other[name][cut:]]) for name, column in columns.items()}


def cut_to(columns: Columns, start: int, stop: int | None = None) -> Columns:
    """Return the bars from `start` up to `stop`."""
    return {name: column[start:stop] for name, column in columns.items()}


def _on_grid(prices: np.ndarray) -> np.ndarray:
    grid: np.ndarray = np.maximum(np.round(prices, 2), TICK_SIZE)
    return grid
