import math

import pytest

from enerqis.metrics.value_at_risk import ValueAtRiskParams, compute


@pytest.mark.parametrize("tail", [0.01, 0.05, 0.5])
def test_agrees_with_empyrical_but_for_the_sign(evidence, empyrical, tail):
    found = compute(ValueAtRiskParams(tail_fraction=tail), evidence)
    value = -empyrical.value_at_risk(evidence.returns, cutoff=tail)
    shortfall = -empyrical.conditional_value_at_risk(evidence.returns, cutoff=tail)
    assert found["value_at_risk_fraction"] == pytest.approx(value, rel=1e-10)
    assert found["expected_shortfall_fraction"] == pytest.approx(shortfall, rel=1e-10)


def test_without_a_session_there_is_no_figure(make_evidence):
    assert all(map(math.isnan, compute(ValueAtRiskParams(), make_evidence([])).values()))
