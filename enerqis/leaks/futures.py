"""Other futures of a panel: cut off, noise, holes, shuffled bars, an asset that is delisted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from enerqis.engines.panel import ABSENT, panel_until
from enerqis.interfaces.engine import Floats, Panel
from enerqis.leaks.look_ahead import Future

PRICES = ("open", "high", "low", "close")
FIELDS = (*ABSENT, "ts_open", "spread")
"""What a bar is made of."""

HOLES = 0.5
"""Share of later bars that are taken out."""


def futures(panel: Panel, cut: int, *, seed: int) -> Iterator[Future[Panel]]:
    """Yield worlds that are the same before row `cut`, and others from there on.

    Feature columns that the panel carries are left as they are: whoever computes from them makes them anew.
    """
    rng = np.random.default_rng([seed, cut])
    yield Future("truncation", "cut off", cut, panel_until(panel, cut))
    yield Future("perturbation", "replaced by noise", cut, with_noise(panel, cut, rng))
    yield Future("perturbation", "shuffled", cut, shuffled(panel, cut, rng))
    yield Future("perturbation", "taken out by half", cut, with_holes(panel, cut, rng))
    if len(panel.symbols) > 1:
        asset = int(rng.integers(len(panel.symbols)))
        words = f"without {panel.symbols[asset]}, as if it were delisted"
        is_gone = np.zeros(panel.close.shape, dtype=bool)
        is_gone[cut:, asset] = True
        yield Future("perturbation", words, cut, without_bars(panel, is_gone))


def with_noise(panel: Panel, cut: int, rng: np.random.Generator, last: int | None = None) -> Panel:
    """Return `panel` with bars of a random walk in rows `cut` to `last`, of another course and volatility, without actions."""
    stop = panel.ts.size if last is None else last
    arrays = _copies(panel)
    for asset in range(len(panel.symbols)):
        rows = cut + np.flatnonzero(panel.ts_open[cut:stop, asset] >= 0)
        before = panel.close[:cut, asset]
        known = before[~np.isnan(before)]
        start = abs(known[-1]) if known.size and known[-1] else 100.0
        walk = start * np.exp(np.cumsum(rng.normal(0.0, 0.03, rows.size)))
        opening = np.concatenate([[start], walk[:-1]]) * np.exp(rng.normal(0.0, 0.01, rows.size)) if rows.size else walk
        arrays["open"][rows, asset], arrays["close"][rows, asset] = opening, walk
        spread = 1.0 + np.abs(rng.normal(0.0, 0.01, rows.size))
        arrays["high"][rows, asset] = np.maximum(opening, walk) * spread
        arrays["low"][rows, asset] = np.minimum(opening, walk) / spread
        arrays["volume"][rows, asset] = np.round(1000.0 * np.exp(rng.normal(0.0, 1.0, rows.size)))
        arrays["split_factor"][rows, asset], arrays["dividend"][rows, asset] = 1.0, 0.0
    return replace(panel, **arrays)


def shuffled(panel: Panel, cut: int, rng: np.random.Generator) -> Panel:
    """Return `panel` with the bars of each asset from row `cut` on in another order; stamps stay where they are."""
    arrays = _copies(panel)
    for asset in range(len(panel.symbols)):
        rows = cut + np.flatnonzero(panel.ts_open[cut:, asset] >= 0)
        order = rng.permutation(rows)
        for name, values in arrays.items():
            if name != "ts_open":
                values[rows, asset] = values[order, asset]
    return replace(panel, **arrays)


def with_holes(panel: Panel, cut: int, rng: np.random.Generator) -> Panel:
    """Return `panel` without a random half of the bars from row `cut` on."""
    is_gone = rng.random(panel.close.shape) < HOLES
    is_gone[:cut] = False
    return without_bars(panel, is_gone)


def without_bars(panel: Panel, is_gone: np.ndarray) -> Panel:
    """Return `panel` without some bars, and without the rows that none is left in; `is_gone` is of shape (n_bars, n_assets)."""
    arrays = _copies(panel)
    for name, values in arrays.items():
        values[is_gone] = -1 if name == "ts_open" else ABSENT.get(name, np.nan)
    left = np.flatnonzero((arrays["ts_open"] >= 0).any(axis=1) | ~is_gone.any(axis=1))
    features: dict[str, Floats] = {name: values[left] for name, values in panel.features.items()}
    rows: dict[str, Any] = {name: values[left] for name, values in arrays.items()}
    return replace(panel, ts=panel.ts[left], session=panel.session[left], features=features, **rows)


def part_of(panel: Panel, first: int, last: int) -> Panel:
    """Return rows `first` to `last` of a panel as a panel."""
    ended = panel_until(panel, last)
    rows: dict[str, Any] = {name: values[first:] for name in FIELDS if (values := getattr(ended, name)) is not None}
    features: dict[str, Floats] = {name: values[first:] for name, values in ended.features.items()}
    return replace(ended, ts=ended.ts[first:], session=ended.session[first:], features=features, **rows)


def _copies(panel: Panel) -> dict[str, Any]:
    """Return the arrays of a panel's bars, to be changed."""
    return {name: values.copy() for name in FIELDS if (values := getattr(panel, name)) is not None}
