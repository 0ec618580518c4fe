import pytest

from enerqis.metrics.benchmark import BenchmarkParams, compute


def test_agrees_with_empyrical_on_the_benchmark(evidence, empyrical):
    found, per_year = compute(BenchmarkParams(), evidence), evidence.sessions_per_year
    market = evidence.benchmark_returns
    assert found["benchmark_total_return_fraction"] == pytest.approx(empyrical.cum_returns_final(market), rel=1e-10)
    annual = empyrical.annual_return(market, annualization=per_year)
    assert found["benchmark_annual_return_fraction"] == pytest.approx(annual, rel=1e-10)
    volatility = empyrical.annual_volatility(market, annualization=per_year)
    assert found["benchmark_annual_volatility_fraction"] == pytest.approx(volatility, rel=1e-10)
    sharpe = empyrical.sharpe_ratio(market, annualization=per_year)
    assert found["benchmark_sharpe_ratio"] == pytest.approx(sharpe, rel=1e-10)
    assert found["benchmark_max_drawdown_fraction"] == pytest.approx(-empyrical.max_drawdown(market), rel=1e-10)


def test_without_a_session_there_are_no_figures(make_evidence):
    assert compute(BenchmarkParams(), make_evidence([])) == {}
