import math

import pytest

from enerqis.metrics.sortino import SortinoParams, compute


def test_agrees_with_empyrical_on_thirteen_years_of_ibm(evidence, empyrical):
    expected = empyrical.sortino_ratio(evidence.returns, annualization=evidence.sessions_per_year)
    assert compute(SortinoParams(), evidence)["sortino_ratio"] == pytest.approx(expected, rel=1e-10)


def test_the_risk_free_rate_is_the_least_acceptable_return(evidence, empyrical):
    free = 1.03 ** (1.0 / evidence.sessions_per_year) - 1.0
    expected = empyrical.sortino_ratio(evidence.returns, required_return=free, annualization=evidence.sessions_per_year)
    params = SortinoParams(risk_free_rate_fraction=0.03)
    assert compute(params, evidence)["sortino_ratio"] == pytest.approx(expected, rel=1e-10)


def test_without_a_loss_there_is_no_ratio(make_evidence):
    assert math.isnan(compute(SortinoParams(), make_evidence([0.1, 0.2]))["sortino_ratio"])
