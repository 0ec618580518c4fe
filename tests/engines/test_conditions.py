"""The market that a fill meets: volume, spread and volatility, known in time."""

from __future__ import annotations

import itertools
import math
import statistics
from dataclasses import replace

import numpy as np
import pytest

from enerqis.core.errors import StageError
from enerqis.costs import half_spread, sqrt_impact
from enerqis.costs.half_spread import HalfSpreadParams
from enerqis.costs.sqrt_impact import SqrtImpactParams
from enerqis.engines import kernel, zipline
from enerqis.engines.conditions import conditions, volatility
from enerqis.interfaces.engine import Plugged
from tests.engines.scenes import PLAIN, fills, job_of, panel_of

NAN = math.nan
CLOSE = [100.0, 102.0, 99.0, 103.0, 104.0, 101.0]
RETURNS = [math.log(after / before) for before, after in itertools.pairwise(CLOSE)]


def test_volatility_is_the_deviation_of_the_returns_before_the_bar():
    found = volatility(np.array(CLOSE), 3)
    expected = [NAN, NAN, NAN, *(statistics.stdev(RETURNS[max(0, i - 4) : i - 1]) for i in (3, 4, 5))]
    assert found == pytest.approx(expected, rel=1e-14, nan_ok=True)
    assert expected[5] == pytest.approx(statistics.stdev(RETURNS[1:4]))


@pytest.mark.parametrize("bars", [2, 3, 4, 5, 30])
def test_a_volatility_never_moves_when_the_future_is_cut(bars):
    whole = volatility(np.array(CLOSE), bars)
    for rows in range(len(CLOSE) + 1):
        np.testing.assert_array_equal(volatility(np.array(CLOSE[:rows]), bars), whole[:rows])


def test_no_volatility_over_a_price_that_is_not_positive():
    assert np.isnan(volatility(np.array([10.0, 11.0, -1.0, 12.0, 13.0, 14.0]), 2)[3:5]).all()


def test_a_split_is_no_volatility_and_a_missing_bar_no_return():
    plain = volatility(np.array(CLOSE), 3)
    halved = [*CLOSE[:3], NAN, *(price / 2 for price in CLOSE[3:])]
    factor = np.array([1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0])[:, None]
    found = conditions(panel_of(halved), factor, volatility_bars=3).volatility[:, 0]
    assert found[[0, 1, 2, 4, 5, 6]] == pytest.approx(plain, nan_ok=True)


def test_an_asset_without_a_bar_keeps_the_market_of_its_last_one():
    panel = panel_of([[10, NAN], [NAN, 20], [12, NAN]])
    panel = replace(panel, spread=np.array([[0.1, NAN], [NAN, 0.2], [NAN, NAN]]))
    found = conditions(panel, None, volatility_bars=0)
    np.testing.assert_array_equal(found.volume, [[1000, NAN], [1000, 1000], [1000, 1000]])
    np.testing.assert_array_equal(found.spread, [[0.1, NAN], [0.1, 0.2], [NAN, 0.2]])
    assert np.isnan(found.volatility).all()


QUOTED = Plugged(half_spread, HalfSpreadParams())


def test_a_fill_pays_half_the_spread_of_its_bar(run):
    panel = panel_of([10.0, 10.0, 10.0], spread=[0.1, 0.2, 0.4], plan={"target": [0.5, 0, NAN]})
    result = run(panel, slippage=QUOTED, keep_commission=False)
    assert fills(result) == [(1, 50.0, 10.1, "decision"), (2, -50.0, 9.8, "decision")]
    assert result.fills.column("slippage").to_pylist() == pytest.approx([5.0, 10.0])


@pytest.mark.parametrize("engine", [kernel, zipline])
def test_bars_without_the_spread_that_a_slippage_needs_are_refused(engine):
    panel = panel_of([10.0, 10.0, 10.0], spread=[0.1, NAN, NAN])
    assert engine.refuse(job_of(panel, slippage=QUOTED)) == [
        "cost.slippage: 'half_spread' needs a spread at every bar and 2 have none, the first of A at "
        "1970-01-02T21:00:00.000000000 UTC. Name the column in the dataset's columns, or give cost.slippage a fallback"
    ]
    assert engine.refuse(job_of(panel, slippage=Plugged(half_spread, HalfSpreadParams(fallback_bps=5.0)))) == []
    assert engine.refuse(job_of(panel_of([10.0]), slippage=QUOTED)) != []


def test_impact_looks_at_the_volume_of_the_bar_that_fills_and_the_volatility_before_it(run):
    # returns before the last bar: +10 % and -10 % of the log, so a deviation of 0.1 * sqrt(2); 90 of 1000 units
    close = [10.0, 10.0 * math.exp(0.1), 10.0, 10.0]
    panel = panel_of(close, plan={"target": [NAN, NAN, 0.9, NAN]})
    impact = Plugged(sqrt_impact, SqrtImpactParams(volatility_bars=2, half_spread_bps=0.0, max_impact_bps=9_000.0))
    result = run(panel, slippage=impact, keep_commission=False, cash_shortfall="allow")
    paid = 10.0 * (1.0 + 0.1 * math.sqrt(2.0) * math.sqrt(0.09))
    assert fills(result) == [(3, 90.0, round(paid, 9), "decision")]


def test_volatilities_of_other_windows_are_not_one_batch(tmp_path):
    panel = panel_of([10.0] * 5)
    jobs = [job_of(panel, slippage=Plugged(sqrt_impact, SqrtImpactParams(volatility_bars=bars))) for bars in (2, 3)]
    with pytest.raises(
        StageError, match="configuration 1 of a batch differs from the first in its slippage's volatility_bars"
    ):
        kernel.batch(jobs, cache_folder=tmp_path, build=PLAIN)
