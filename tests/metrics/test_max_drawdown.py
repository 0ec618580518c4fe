import math

import pytest

from enerqis.metrics.max_drawdown import MaxDrawdownParams, compute


def test_agrees_with_empyrical_but_for_the_sign(evidence, empyrical):
    expected = -empyrical.max_drawdown(evidence.returns)
    assert compute(MaxDrawdownParams(), evidence)["max_drawdown_fraction"] == pytest.approx(expected, rel=1e-10)


def test_the_first_session_can_already_be_a_drawdown(make_evidence):
    assert compute(MaxDrawdownParams(), make_evidence([-0.1, 0.05]))["max_drawdown_fraction"] == pytest.approx(0.1)


def test_the_longest_drawdown_counts_the_sessions_below_a_peak(make_evidence):
    returns = [0.10, -0.05, 0.01, 0.10, -0.01, -0.01, -0.01, 0.01]
    assert compute(MaxDrawdownParams(), make_evidence(returns))["longest_drawdown_sessions"] == 4.0


def test_without_a_session_there_is_no_figure(make_evidence):
    assert math.isnan(compute(MaxDrawdownParams(), make_evidence([]))["max_drawdown_fraction"])
