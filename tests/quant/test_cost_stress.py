import math

import numpy as np
import pytest

from enerqis.quant.cost_stress import break_even_multiple, charged, cost_shares

RETURNS = np.array([0.10, -0.05, 0.02])
SHARES = np.array([0.01, 0.0, 0.02])


def test_costs_are_a_share_of_the_equity_before_their_session():
    found = cost_shares(
        np.array([3, 5, 9]),
        paid_sessions=np.array([3, 9, 9]),
        paid=np.array([1.0, 2.0, 2.5]),
        before=np.array([100.0, 110.0, 90.0]),
    )
    assert found.tolist() == [0.01, 0.0, 0.05]


def test_costs_taken_once_more_come_off_every_session_that_paid():
    assert charged(RETURNS, SHARES, times=1.0) == pytest.approx([1.1 * 0.99 - 1.0, -0.05, 1.02 * 0.98 - 1.0])
    assert charged(RETURNS, SHARES, times=-1.0) == pytest.approx([1.1 * 1.01 - 1.0, -0.05, 1.02 * 1.02 - 1.0])
    assert charged(RETURNS, SHARES, times=0.0) == pytest.approx(RETURNS)


def test_no_session_loses_more_than_all():
    assert charged(np.array([0.5, -1.0]), np.array([0.4, 0.0]), times=5.0).tolist() == [-1.0, -1.0]


def test_at_the_break_even_multiple_nothing_is_earned():
    multiple = break_even_multiple(RETURNS, SHARES)
    # 1.0659 (1 - 0.01 m) (1 - 0.02 m) = 1, m beyond the costs paid: 2.154...
    assert np.prod(1.0 + charged(RETURNS, SHARES, times=multiple - 1.0)) == pytest.approx(1.0, abs=1e-12)
    extra = multiple - 1.0
    assert 0.0002 * extra**2 - 0.03 * extra + 1.0 == pytest.approx(1.0 / 1.0659, rel=1e-9)


def test_a_run_without_costs_bears_any_and_one_that_loses_without_them_none():
    assert break_even_multiple(RETURNS, np.zeros(3)) == math.inf
    assert math.isnan(break_even_multiple(np.array([-0.2, 0.01]), np.array([0.001, 0.001])))


def test_the_multiple_is_found_where_one_session_pays_half_of_all():
    # 4 x (1 - 0.5 m) = 1, m beyond the costs paid: 1.5
    assert break_even_multiple(np.array([3.0]), np.array([0.5])) == pytest.approx(2.5)
