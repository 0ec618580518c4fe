"""Moments of returns against scipy, from returns and from power sums."""

import math

import numpy as np
import pytest
from scipy import stats

from enerqis.quant.return_moments import bar_returns, bars_per_year, moments_from_sums, moments_of

RETURNS = np.random.default_rng(7).standard_t(4, size=(3, 500)) * 0.01 + 0.0004


def assert_same(found, returns):
    assert found.periods == 500
    assert found.mean == pytest.approx(returns.mean(), rel=1e-9)
    assert found.std == pytest.approx(returns.std(ddof=1), rel=1e-9)
    assert found.skew == pytest.approx(stats.skew(returns), rel=1e-7)
    assert found.kurtosis == pytest.approx(stats.kurtosis(returns, fisher=False), rel=1e-7)
    assert found.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1), rel=1e-9)


def test_moments_of_returns_are_scipys():
    assert_same(moments_of(RETURNS[0], periods_per_year=252.0), RETURNS[0])


def test_moments_from_power_sums_are_those_of_the_returns():
    sums = np.stack([(RETURNS**power).sum(axis=1) for power in (1, 2, 3, 4)], axis=1)
    found = moments_from_sums(sums, count=500, periods_per_year=252.0)
    for each, returns in zip(found, RETURNS, strict=True):
        assert_same(each, returns)


@pytest.mark.parametrize("returns", [np.zeros(10), np.full(10, 0.01)])
def test_where_nothing_varies_there_is_no_sharpe_skew_or_kurtosis(returns):
    sums = np.array([[(returns**power).sum() for power in (1, 2, 3, 4)]])
    for found in (
        moments_of(returns, periods_per_year=252.0),
        *moments_from_sums(sums, count=10, periods_per_year=252.0),
    ):
        assert found.mean == pytest.approx(returns[0], abs=1e-15)
        assert all(math.isnan(each) for each in (found.sharpe, found.skew, found.kurtosis)) or found.std < 1e-9


def test_a_bar_returns_its_change_and_nothing_after_ruin():
    assert bar_returns(np.array([100.0, 110.0, 99.0, 0.0, 50.0])) == pytest.approx([0.1, -0.1, -1.0, 0.0])


def test_a_year_has_the_bars_of_a_session_times_its_sessions():
    # three sessions of 2, 3 and 1 bars, of 252 a year; a session that is missing takes no bar from the year
    sessions = np.array([7, 7, 8, 8, 8, 12])
    assert bars_per_year(sessions, sessions_per_year=252.0) == pytest.approx(504.0)
    assert math.isnan(bars_per_year(sessions[:0], sessions_per_year=252.0))
