import math

import numpy as np
import pytest
from pydantic import ValidationError

from enerqis.engines.kernel import backtest
from enerqis.interfaces.engine import Job, Plugged
from enerqis.interfaces.strategy import AccountArrays, BarArrays
from enerqis.spec.execution import Execution
from enerqis.strategies import cross_sectional_momentum
from enerqis.strategies.cross_sectional_momentum import (
    CrossSectionalMomentumIndicators,
    CrossSectionalMomentumParams,
    indicators,
    initial_state,
    momentum,
    on_bar,
)
from tests.engines.scenes import EXACT, FREE, PLAIN, panel_of

NAN = math.nan


def rankings(rows, **settings):
    """Targets of each bar; a row holds the return over the whole lookback of each asset, none of it in the latest bars."""
    params = CrossSectionalMomentumParams(**settings)
    state, found = initial_state(params), []
    for row in rows:
        whole = np.array(row)
        zeros = np.zeros(len(row))
        targets = np.full(len(row), 9.0)
        bars, account = BarArrays(*[zeros] * 5), AccountArrays(*[zeros] * 4)
        on_bar(params, state, bars, CrossSectionalMomentumIndicators(whole, zeros), account, targets)
        found.append(targets.tolist())
    return found


def test_the_best_share_the_exposure():
    assert rankings([[0.1, 0.3, -0.2, 0.2]], exposure=0.8) == [[0.0, 0.4, 0.0, 0.4]]


def test_of_equal_assets_the_first_is_held():
    assert rankings([[0.1, 0.1, 0.1]], top_count=1) == [[1.0, 0.0, 0.0]]


def test_between_rankings_nothing_is_said():
    found = rankings([[0.2, 0.1]] + [[0.1, 0.2]] * 3, top_count=1, rebalance_bars=3)
    assert found[0] == [1.0, 0.0]
    assert np.isnan(found[1:3]).all()
    assert found[3] == [0.0, 1.0]


def test_the_first_ranking_waits_for_a_return():
    found = rankings([[NAN, NAN], [NAN, NAN], [0.2, NAN]], top_count=1)
    assert np.isnan(found[:2]).all()
    assert found[2] == [1.0, 0.0]


def test_an_asset_that_fell_is_left_in_cash_where_it_is_told_to():
    assert rankings([[-0.1, 0.2, -0.3]], is_positive_only=True) == [[0.0, 0.5, 0.0]]


def test_the_latest_bars_are_left_out_of_the_return_that_ranks():
    # 100 to 150 over the lookback, of which the last part went from 120 to 150: 20 % ranks
    assert momentum(0.5, 0.25) == pytest.approx(0.2)


def test_an_asset_that_lost_everything_has_no_rank():
    assert math.isnan(momentum(-1.0, -1.0))


def test_it_looks_at_two_returns_of_the_close():
    calls = indicators(CrossSectionalMomentumParams(lookback_bars=12, skip_bars=2))
    assert [dict(calls[name].arguments)["lookback_bars"] for name in ("whole", "latest")] == [12.0, 2.0]


def test_leaving_out_the_whole_lookback_is_refused():
    with pytest.raises(ValidationError, match=r"skip_bars \(252\) must be less than lookback_bars \(252\)"):
        CrossSectionalMomentumParams(skip_bars=252)


def test_an_asset_held_without_a_bar_keeps_its_share_and_its_place(tmp_path):
    # first ranking on day 2: A and B; second on day 5, when A has no bar and C has doubled: C takes B's place, not A's
    close = [[10, 10, 10], [12, 11, 10], [12, 11, 10], [12, 11, 10], [12, 11, 20], [NAN, 11, 20], [12, 11, 20]]
    params = CrossSectionalMomentumParams(lookback_bars=2, skip_bars=1, rebalance_bars=3)
    execution = Execution(initial_margin_fraction=0.5)
    job = Job(panel_of(close), Plugged(cross_sectional_momentum, params), FREE, EXACT, {}, execution, 0)
    result = backtest(job, cache_folder=tmp_path, build=PLAIN)
    said = [(row["symbol"], row["target"]) for row in result.targets.to_pylist()]
    assert said == [("A", 0.5), ("B", 0.5), ("B", 0.0), ("C", 0.5)]
    assert result.equity.column("gross_exposure").to_numpy().max() <= 1.0
