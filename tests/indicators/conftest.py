"""Real bars and random ones, and the indicator stepped over them in plain Python."""

import importlib

import numpy as np
import pytest

from enerqis.laws.streaming import indicator_series


def sample_bars(symbol):
    data = pytest.importorskip("bokeh_sampledata.stocks")
    frame = getattr(data, symbol)
    return {name: np.asarray(frame[name], dtype=float) for name in ("open", "high", "low", "close", "volume")}


def random_bars(seed=7, n_bars=1500):
    generator = np.random.default_rng(seed)
    close = 50.0 * np.exp(np.cumsum(generator.normal(0.0, 0.02, n_bars)))
    spread = close * generator.uniform(0.0, 0.02, (2, n_bars))
    return {
        "open": np.roll(close, 1),
        "high": np.maximum(close, np.roll(close, 1)) + spread[0],
        "low": np.minimum(close, np.roll(close, 1)) - spread[1],
        "close": close,
        "volume": generator.uniform(1e3, 1e6, n_bars),
    }


@pytest.fixture(scope="session", params=["AAPL", "GOOG", "random"])
def bars(request):
    return random_bars() if request.param == "random" else sample_bars(request.param)


@pytest.fixture(scope="session")
def series():
    def values(call, columns, tick_size=0.0):
        module = importlib.import_module(f"enerqis.indicators.{call.kind}")
        return np.array(indicator_series(module, call, columns, tick_size), dtype=float)

    return values
