import math

import pytest

from enerqis.metrics.annual_volatility import AnnualVolatilityParams, compute


def test_agrees_with_empyrical_on_thirteen_years_of_ibm(evidence, empyrical):
    expected = empyrical.annual_volatility(evidence.returns, annualization=evidence.sessions_per_year)
    assert compute(AnnualVolatilityParams(), evidence)["annual_volatility_fraction"] == pytest.approx(
        expected, rel=1e-10
    )


def test_one_session_has_no_deviation(make_evidence):
    assert math.isnan(compute(AnnualVolatilityParams(), make_evidence([0.1]))["annual_volatility_fraction"])
