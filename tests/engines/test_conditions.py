"""The market that a fill meets: volume, spread and volatility, known in time."""

from __future__ import annotations

import itertools
import math
import statistics
from dataclasses import replace

import numpy as np
import pytest

from enerqis.engines.conditions import conditions, volatility
from tests.engines.scenes import panel_of

NAN = math.nan
CLOSE = [100.0, 102.0, 99.0, 103.0, 104.0, 101.0]
RETURNS = [math.log(after / before) for before, after in itertools.pairwise(CLOSE)]


def test_volatility_is_the_deviation_of_the_returns_before_the_bar():
    found = volatility(np.array(CLOSE), 3)
    expected = [NAN, NAN, NAN, *(statistics.stdev(RETURNS[max(0, i - 4) : i - 1]) for i in (3, 4, 5))]
    assert found == pytest.approx(expected, rel=1e-14, nan_ok=True)
    assert expected[5] == pytest.approx(statistics.stdev(RETURNS[1:4]))


@pytest.mark.parametrize("bars", [2, 3, 4, 5, 30])
def test_a_volatility_never_moves_when_the_future_is_cut(bars):
    whole = volatility(np.array(CLOSE), bars)
    for rows in range(len(CLOSE) + 1):
        np.testing.assert_array_equal(volatility(np.array(CLOSE[:rows]), bars), whole[:rows])


def test_no_volatility_over_a_price_that_is_not_positive():
    assert np.isnan(volatility(np.array([10.0, 11.0, -1.0, 12.0, 13.0, 14.0]), 2)[3:5]).all()


def test_a_split_is_no_volatility_and_a_missing_bar_no_return():
    plain = volatility(np.array(CLOSE), 3)
    halved = [*CLOSE[:3], NAN, *(price / 2 for price in CLOSE[3:])]
    factor = np.array([1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0])[:, None]
    found = conditions(panel_of(halved), factor, volatility_bars=3).volatility[:, 0]
    assert found[[0, 1, 2, 4, 5, 6]] == pytest.approx(plain, nan_ok=True)


def test_an_asset_without_a_bar_keeps_the_market_of_its_last_one():
    panel = panel_of([[10, NAN], [NAN, 20], [12, NAN]])
    panel = replace(panel, spread=np.array([[0.1, NAN], [NAN, 0.2], [NAN, NAN]]))
    found = conditions(panel, None, volatility_bars=0)
    np.testing.assert_array_equal(found.volume, [[1000, NAN], [1000, 1000], [1000, 1000]])
    np.testing.assert_array_equal(found.spread, [[0.1, NAN], [0.1, 0.2], [NAN, 0.2]])
    assert np.isnan(found.volatility).all()
