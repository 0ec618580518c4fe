import math

import numpy as np
import pytest

from enerqis.quant.energy import (
    LOG_GRID,
    in_volatilities,
    log_price,
    looseness,
    no_bars,
    take_level,
    take_return,
    take_stretch,
    take_volume,
    volatility,
)


@pytest.mark.parametrize("price", [1e-8, 1.0, 27.39, 65_000.0])
def test_a_log_price_is_whole_and_within_half_a_step(price):
    level = log_price(price)
    assert level == int(level)
    assert abs(level * LOG_GRID - math.log(price)) <= 0.51 * LOG_GRID


@pytest.mark.parametrize("price", [0.0, -37.63, math.nan])
def test_a_price_that_is_not_positive_has_no_log(price):
    assert math.isnan(log_price(price))


def test_the_first_bar_has_no_return_and_the_volatility_waits_for_a_full_ring():
    previous, returns, cursor, squares = np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2)
    found = []
    for level in (10.0, 13.0, 9.0, 9.0):
        before = volatility(returns, cursor, squares)
        found.append((take_return(previous, returns, cursor, squares, level), before))
    moved, scales = zip(*found, strict=True)
    assert math.isnan(moved[0])
    assert moved[1:] == (3.0, -4.0, 0.0)
    assert np.isnan(scales[:3]).all()
    assert scales[3] == math.sqrt((9.0 + 16.0) / 2.0)


def test_a_mass_is_the_volume_over_the_mean_before_and_one_where_there_was_none():
    volumes, cursor, total = np.zeros(2), np.zeros(2), np.zeros(2)
    found = [take_volume(volumes, cursor, total, volume) for volume in (2.0, 4.0, 6.0, 0.0, 0.0, 5.0)]
    assert np.isnan(found[:2]).all()
    assert found[2:] == [2.0, 0.0, 0.0, 1.0]


def test_a_distance_is_counted_from_the_mean_of_the_ring_with_this_bar():
    levels, cursor, total = np.zeros(2), np.zeros(2), np.zeros(2)
    found = [take_level(levels, cursor, total, level) for level in (1.0, 3.0, 9.0)]
    assert math.isnan(found[0])
    assert found[1:] == [1.0, 3.0]


@pytest.mark.parametrize(
    ("distance", "scale", "expected"),
    [(6.0, 2.0, 3.0), (0.0, 0.0, 0.0), (1.0, 0.0, math.nan), (1.0, math.nan, math.nan)],
)
def test_a_distance_in_volatilities_of_a_still_market(distance, scale, expected):
    assert in_volatilities(distance, scale) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("lookback_bars", [2, 20, 250])
def test_the_looseness_is_the_sum_over_the_steps_of_a_random_walk(lookback_bars):
    weights = [(k / lookback_bars) ** 2 for k in range(1, lookback_bars)]
    assert looseness(float(lookback_bars)) == pytest.approx(math.sqrt(sum(weights)), rel=1e-14)


def test_a_stretch_is_the_distance_over_the_usual_one_of_a_random_walk():
    state = no_bars(2, has_levels=True)
    found = [take_stretch(state, 2.0, level) for level in (10.0, 13.0, 9.0, 17.0)]
    usual = math.sqrt((9.0 + 16.0) / 2.0) * 0.5  # of two levels, the mean lies half a return away
    assert np.isnan(found[:3]).all()
    assert found[3] == pytest.approx((17.0 - 13.0) / usual, rel=1e-15)


def test_a_ring_that_nobody_reads_has_no_places():
    state = no_bars(5, has_levels=True)
    assert (len(state.returns), len(state.volumes), len(state.levels)) == (5, 0, 5)
