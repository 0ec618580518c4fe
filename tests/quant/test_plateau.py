import itertools
import math

import numpy as np
import pytest

from enerqis.quant.plateau import plateau

GRID = list(itertools.product([5, 10, 15, 20, 40], [50, 100, 200]))


def test_a_cone_falls_by_what_a_step_takes():
    # 1 at (15, 100), less 0.2 a step in the first parameter, however far apart its values are
    results = np.array([1.0 - 0.2 * abs([5, 10, 15, 20, 40].index(fast) - 2) for fast, _ in GRID])
    found = plateau(GRID, results, centre=GRID.index((15, 100)))
    assert found.distances.tolist() == [1, 2]
    # around (15, 100): 6 cells at 0.8 and 2 at 1; then 6 cells at 0.6
    assert found.counts.tolist() == [8, 6]
    assert found.shares == pytest.approx([(6 * 0.8 + 2 * 1.0) / 8, 0.6])
    assert found.neighbour_share == pytest.approx(0.85)
    assert found.half_life_steps == math.inf


def test_a_peak_that_stands_alone_dies_at_once():
    results = np.zeros(len(GRID))
    results[7] = 2.0
    found = plateau(GRID, results)
    assert found.neighbour_share == 0.0
    assert found.half_life_steps == 0.5


def test_a_flat_top_has_no_half_life_within_reach():
    assert plateau(GRID, np.ones(len(GRID))).half_life_steps == math.inf


def test_what_failed_counts_as_nothing():
    results = np.array([1.0, math.nan, 0.5])
    assert plateau([[1], [2], [3]], results).shares.tolist() == [0.0, 0.5]


def test_a_result_that_is_not_above_zero_has_no_share():
    found = plateau([[1], [2]], np.array([-1.0, -2.0]))
    assert math.isnan(found.neighbour_share)
    assert math.isnan(found.half_life_steps)


def test_one_point_has_no_neighbours():
    found = plateau([[1]], np.array([1.0]))
    assert math.isnan(found.neighbour_share)
    assert math.isnan(found.half_life_steps)
