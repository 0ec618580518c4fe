"""Every indicator, compiled: the same bits as its step in plain Python, with a tick grid and without."""

import numpy as np
import pytest

from enerqis.engines.series import SeriesSet
from enerqis.interfaces.engine import Panel
from enerqis.io.plugins import load, scan
from enerqis.laws.indicators import same_bits
from enerqis.laws.kinds import example_call
from enerqis.laws.market import TICK_SIZE, market
from enerqis.laws.streaming import indicator_array

N_BARS = 900
KINDS = scan("indicators", None)
CALLS = {name: example_call(kind) for name, kind in KINDS.items()}
TICKS = (0.0, TICK_SIZE)


@pytest.fixture(scope="module")
def markets():
    return [market(N_BARS, seed=seed) for seed in (21, 22)]


@pytest.fixture(scope="module")
def compiled(markets, kernels):
    fields = {name: np.column_stack([each[name] for each in markets]) for name in markets[0]}
    shape = (N_BARS, len(markets))
    panel = Panel(
        symbols=("NOGRID", "GRID"),
        ts=np.arange(1, N_BARS + 1, dtype=np.int64),
        ts_open=np.tile(np.arange(N_BARS, dtype=np.int64)[:, None], 2),
        session=np.arange(N_BARS, dtype=np.int64),
        split_factor=np.ones(shape),
        dividend=np.zeros(shape),
        tick_size=np.array(TICKS),
        **fields,
    )
    series = SeriesSet(panel, CALLS.values(), kernels)
    values = np.full((series.outputs, N_BARS, len(markets)), np.nan)
    series.compute([(0, N_BARS)], [values])
    return {name: values[series.slots[call]] for name, call in CALLS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_compiled_indicator_gives_the_bits_of_its_plain_step(name, markets, compiled):
    for asset, tick_size in enumerate(TICKS):
        expected = indicator_array(load(KINDS[name]), CALLS[name], markets[asset], tick_size)
        assert same_bits(compiled[name][:, :, asset].T, expected)
