import warnings
from dataclasses import replace

import numpy as np
import pytest

from enerqis.quant.probability import probabilistic_sharpe
from enerqis.quant.track import track_record
from enerqis.validation.record import (
    FIGURES,
    bootstrap_tree,
    figures_of,
    named_figures,
    record_tree,
    regime_tree,
    reordering_tree,
)
from tests.validation.conftest import PER_YEAR


def test_figures_are_those_of_empyrical(evidence):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import empyrical
    returns = evidence.returns
    found = named_figures(returns, per_year=252.0)
    assert found["sharpe_ratio"] == pytest.approx(empyrical.sharpe_ratio(returns, annualization=252), rel=1e-10)
    assert found["annual_return_fraction"] == pytest.approx(
        empyrical.annual_return(returns, annualization=252), rel=1e-10
    )
    assert found["max_drawdown_fraction"] == pytest.approx(-empyrical.max_drawdown(returns), rel=1e-10)
    volatility = empyrical.annual_volatility(returns, annualization=252)
    assert found["annual_volatility_fraction"] == pytest.approx(volatility, rel=1e-10)
    assert found["total_return_fraction"] == pytest.approx(empyrical.cum_returns_final(returns), rel=1e-10)


def test_nothing_has_no_figures():
    assert np.isnan(figures_of(np.array([]), per_year=252.0)).all()


def test_a_record_says_how_sure_it_is_alone_and_beside_the_benchmark(evidence):
    tree = record_tree(evidence)
    assert tree["moments"]["periods"] == len(evidence.returns) == 500
    assert tree["probabilistic_sharpe_fraction"] == probabilistic_sharpe(track_record(evidence.returns))
    above = track_record(evidence.returns - evidence.benchmark_returns)
    assert tree["beats_benchmark_fraction"] == probabilistic_sharpe(above)
    assert tree["figures"]["sharpe_ratio"] == pytest.approx(
        tree["moments"]["mean"] / tree["moments"]["std"] * PER_YEAR**0.5, rel=1e-9
    )


def test_an_account_that_never_traded_is_neither_sure_nor_unsure(evidence):
    idle = replace(evidence, returns=np.zeros(500), trades=evidence.trades.slice(0, 0))
    tree = record_tree(idle)
    assert np.isnan(tree["probabilistic_sharpe_fraction"])
    assert tree["figures"]["total_return_fraction"] == 0.0
    assert reordering_tree(idle, seed=0)["drawdown_fractions"]["p95"] == 0.0
    assert np.isnan(bootstrap_tree(idle, seed=0)["figures"]["sharpe_ratio"]["lower"])


def test_intervals_hold_the_figures_and_depend_on_nothing_but_the_seed(evidence):
    tree = bootstrap_tree(evidence, seed=1)
    assert list(tree["figures"]) == list(FIGURES)
    for figure in tree["figures"].values():
        assert figure["lower"] < figure["value"] < figure["upper"]
    assert bootstrap_tree(evidence, seed=1) == tree
    assert bootstrap_tree(evidence, seed=2) != tree


def test_regimes_cover_every_session_that_has_a_window_before_it(evidence):
    tree = regime_tree(evidence)
    sessions = {name: each["sessions"] for name, each in tree["regimes"].items()}
    assert sessions["rising"] + sessions["falling"] == 500 - 63
    assert sessions["calm"] + sessions["usual"] + sessions["rough"] == 500 - 63


def test_trades_in_another_order_end_where_they_ended(evidence):
    tree = reordering_tree(evidence, seed=0)
    assert tree["trades"] == evidence.trades.num_rows > 10
    levels = list(tree["drawdown_fractions"].values())
    assert levels == sorted(levels)
    assert 0.0 <= tree["no_worse_fraction"] <= 1.0
    # from trade to trade, so that no drawdown inside a trade counts
    assert tree["recorded_drawdown_fraction"] <= record_tree(evidence)["figures"]["max_drawdown_fraction"]
