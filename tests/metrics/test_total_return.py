import pytest

from enerqis.metrics.total_return import TotalReturnParams, compute


def test_agrees_with_empyrical_on_thirteen_years_of_ibm(evidence, empyrical):
    expected = empyrical.cum_returns_final(evidence.returns)
    assert compute(TotalReturnParams(), evidence)["total_return_fraction"] == pytest.approx(expected, rel=1e-10)


def test_the_final_equity_is_the_last_row(make_evidence, equity_table):
    found = compute(TotalReturnParams(), make_evidence([0.1], equity=equity_table))
    assert found["final_equity_amount"] == 1100.0


def test_without_a_bar_the_account_is_what_it_was(make_evidence):
    assert compute(TotalReturnParams(), make_evidence([])) == {
        "final_equity_amount": 1000.0,
        "total_return_fraction": 0.0,
    }
