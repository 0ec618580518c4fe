"""Markets for the leak tests, and what may be computed from them: by the rules, and against them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from enerqis.interfaces.engine import Job, Panel
from enerqis.io.plugins import Plugged
from enerqis.leaks.futures import futures, without_bars
from enerqis.leaks.look_ahead import Examined, Place, look_ahead
from tests.engines.scenes import job_of, panel_of
from tests.leaks import coin

BARS = 400
CUT = 303
"""In the middle of a group of five bars: 300 to 304."""


def market(assets: int = 1, bars: int = BARS, *, gone: float = 0.0, seed: int = 6) -> Panel:
    """Random walks; a share of the bars is missing."""
    rng = np.random.default_rng(seed)
    close = np.round(100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.02, (bars, assets)), axis=0)), 2)
    opening = np.vstack([close[:1], close[:-1]]) * np.exp(rng.normal(0.0, 0.004, close.shape))
    panel = panel_of(close, open=opening)
    panel = replace(panel, volume=np.round(1000.0 * np.exp(rng.normal(0.0, 0.5, close.shape))), features={})
    return without_bars(panel, rng.random(close.shape) < gone) if gone else panel


def looked_at(column: Callable[[Panel], np.ndarray], panel: Panel, cut: int = CUT) -> Examined:
    """What the tests of look-ahead say of one column of a market, changed from row `cut` on."""

    def produce(world: Panel) -> dict[str, np.ndarray]:
        return {"feature x.value": column(world)}

    place = Place(panel.ts, panel.symbols)
    return look_ahead(produce, produce(panel), futures(panel, cut, seed=1), place=place)


def tossing(panel: Panel, *, trades: bool = True) -> Job:
    return job_of(panel, strategy=Plugged(coin, coin.CoinParams(trades=trades)), lot_step=0.0)


def rolled(values: np.ndarray, window: int, of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Apply `of` to the last `window` rows at each row; NaN before there are as many."""
    rows = [of(values[max(0, t + 1 - window) : t + 1]) for t in range(len(values))]
    found = np.array(rows, dtype=float).reshape(values.shape)
    found[: window - 1] = np.nan
    return found
