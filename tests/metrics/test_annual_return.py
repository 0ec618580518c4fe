import math

import pytest

from enerqis.metrics.annual_return import AnnualReturnParams, compute


def test_agrees_with_empyrical_on_thirteen_years_of_ibm(evidence, empyrical):
    expected = empyrical.annual_return(evidence.returns, annualization=evidence.sessions_per_year)
    assert compute(AnnualReturnParams(), evidence)["annual_return_fraction"] == pytest.approx(expected, rel=1e-10)


def test_a_lost_account_lost_all_of_it_every_year(make_evidence):
    assert compute(AnnualReturnParams(), make_evidence([0.5, -1.0]))["annual_return_fraction"] == -1.0


def test_without_a_session_there_is_no_figure(make_evidence):
    assert math.isnan(compute(AnnualReturnParams(), make_evidence([]))["annual_return_fraction"])
