import math

import pytest

from enerqis.metrics.calmar import CalmarParams, compute


def test_agrees_with_empyrical_on_thirteen_years_of_ibm(evidence, empyrical):
    expected = empyrical.calmar_ratio(evidence.returns, annualization=evidence.sessions_per_year)
    assert compute(CalmarParams(), evidence)["calmar_ratio"] == pytest.approx(expected, rel=1e-10)


def test_without_a_drawdown_there_is_no_ratio(make_evidence):
    assert math.isnan(compute(CalmarParams(), make_evidence([0.1, 0.0]))["calmar_ratio"])
