import math

import pytest

from enerqis.metrics.alpha_beta import AlphaBetaParams, compute


@pytest.mark.parametrize("annual", [0.0, 0.03])
def test_agrees_with_empyrical_on_ibm_against_aapl(evidence, empyrical, annual):
    per_year = evidence.sessions_per_year
    free = (1.0 + annual) ** (1.0 / per_year) - 1.0
    alpha, beta = empyrical.alpha_beta(
        evidence.returns, evidence.benchmark_returns, risk_free=free, annualization=per_year
    )
    found = compute(AlphaBetaParams(risk_free_rate_fraction=annual), evidence)
    assert found["alpha_fraction"] == pytest.approx(alpha, rel=1e-10)
    assert found["beta_ratio"] == pytest.approx(beta, rel=1e-10)


def test_holding_the_benchmark_twice_has_beta_two_and_no_alpha(make_evidence):
    market = [0.01, -0.02, 0.03, 0.00]
    found = compute(AlphaBetaParams(), make_evidence([2.0 * each for each in market], market))
    assert found["beta_ratio"] == pytest.approx(2.0)
    assert found["alpha_fraction"] == pytest.approx(0.0, abs=1e-12)


def test_a_benchmark_that_stands_still_explains_nothing(make_evidence):
    found = compute(AlphaBetaParams(), make_evidence([0.01, 0.02], [0.0, 0.0]))
    assert math.isnan(found["beta_ratio"])
