import math

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap
from arch.bootstrap import optimal_block_length as theirs_of

from enerqis.quant.bootstrap import block_length, bootstrap, intervals, optimal_block_length

RNG = np.random.default_rng(5)
NORMAL = RNG.normal(size=1000) * 0.01 + 0.001


def mean_and_deviation(returns):
    return np.array([returns.mean(), returns.std(ddof=1)])


def test_independent_returns_need_short_blocks_and_dependent_ones_long():
    dependent = np.convolve(NORMAL, np.full(20, 1 / 20), mode="valid")
    clustered = RNG.normal(size=1000) * np.repeat([0.002, 0.03], 50)[np.arange(1000) % 100]
    assert block_length(NORMAL) < 4.0
    assert block_length(dependent) > 15.0
    assert block_length(clustered) > 15.0


@pytest.mark.parametrize("returns", [np.zeros(100), np.full(100, 0.1), np.array([0.1, -0.1])])
def test_a_series_too_short_or_flat_has_blocks_of_one(returns):
    assert block_length(returns) == 1.0


@pytest.mark.parametrize("seed", range(12))
def test_the_length_of_a_block_is_that_of_arch(seed):
    rng = np.random.default_rng(seed)
    width = int(rng.integers(1, 30))
    series = np.convolve(rng.standard_t(4, size=int(rng.integers(12, 900)) + width), np.full(width, 1 / width), "valid")
    theirs = float(theirs_of(series)["stationary"].iloc[0])
    assert optimal_block_length(series) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(("count", "block"), [(1000, 3.2), (7, 1.0), (50, 40.0)])
def test_draws_are_those_of_arch(count, block):
    found = bootstrap(NORMAL[:count], mean_and_deviation, draws=50, seed=9, mean_block=block)
    theirs = StationaryBootstrap(math.ceil(block), NORMAL[:count], seed=9).apply(mean_and_deviation, reps=50)
    assert found.tobytes() == theirs.tobytes()
    assert found.shape == (50, 2)


def test_the_interval_of_a_mean_is_the_textbooks_for_independent_returns():
    draws = bootstrap(NORMAL, mean_and_deviation, draws=2000, seed=1, mean_block=1.0)
    mean, _ = intervals(draws)
    reach = 1.96 * NORMAL.std(ddof=1) / math.sqrt(len(NORMAL))
    assert mean.lower == pytest.approx(NORMAL.mean() - reach, abs=0.1 * reach)
    assert mean.upper == pytest.approx(NORMAL.mean() + reach, abs=0.1 * reach)


def test_dependent_returns_have_wider_intervals_with_long_blocks():
    dependent = np.convolve(NORMAL, np.full(20, 1 / 20), mode="valid")
    wide, narrow = (
        intervals(bootstrap(dependent, mean_and_deviation, draws=300, seed=1, mean_block=block))[0] for block in (40, 1)
    )
    assert wide.upper - wide.lower > 2.0 * (narrow.upper - narrow.lower)


def test_draws_without_a_figure_do_not_count():
    draws = np.array([[1.0, math.nan], [2.0, math.nan], [3.0, math.nan]])
    known, unknown = intervals(draws, confidence_fraction=0.5)
    assert known == (1.5, 2.5)
    assert all(math.isnan(end) for end in unknown)
