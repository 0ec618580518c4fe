import math

import pytest

from enerqis.metrics.tail_ratio import TailRatioParams, compute


def test_agrees_with_empyrical_on_thirteen_years_of_ibm(evidence, empyrical):
    expected = empyrical.tail_ratio(evidence.returns)
    assert compute(TailRatioParams(), evidence)["tail_ratio"] == pytest.approx(expected, rel=1e-10)


def test_without_a_bad_session_there_is_no_ratio(make_evidence):
    assert math.isnan(compute(TailRatioParams(), make_evidence([0.0] * 30))["tail_ratio"])
