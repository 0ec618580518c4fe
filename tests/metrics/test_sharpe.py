import math

import pytest

from enerqis.metrics.sharpe import SharpeParams, compute


@pytest.mark.parametrize("annual", [0.0, 0.03])
def test_agrees_with_empyrical_on_thirteen_years_of_ibm(evidence, empyrical, annual):
    per_year = evidence.sessions_per_year
    free = (1.0 + annual) ** (1.0 / per_year) - 1.0
    expected = empyrical.sharpe_ratio(evidence.returns, risk_free=free, annualization=per_year)
    params = SharpeParams(risk_free_rate_fraction=annual)
    assert compute(params, evidence)["sharpe_ratio"] == pytest.approx(expected, rel=1e-10)


def test_constant_returns_have_no_ratio(make_evidence):
    assert math.isnan(compute(SharpeParams(), make_evidence([0.1] * 7))["sharpe_ratio"])
