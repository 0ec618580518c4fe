import math

import numpy as np
import pytest
from scipy import integrate, stats

from enerqis.quant.deflation import (
    TrialSharpes,
    deflated_sharpe,
    expected_maximum,
    luck,
    minimum_backtest_years,
)
from enerqis.quant.probability import probabilistic_sharpe
from enerqis.quant.sharpe import AnnualSharpe, Kurtosis, PeriodSharpe
from enerqis.quant.track import TrackRecord, track_record

TRACK = TrackRecord(count=1250, sharpe=AnnualSharpe(2.5).per_period(250), skewness=-3.0, kurtosis=Kurtosis(full=10.0))
"""The example of Bailey and Lopez de Prado (2014): five years of days."""


def test_the_published_record_is_deflated_to_the_published_probability():
    trials = TrialSharpes(count=100, period_variance=0.5 / 250)
    assert deflated_sharpe(TRACK, trials) == pytest.approx(0.900397, abs=5e-7)


def test_the_best_of_a_hundred_normals_is_expected_at_the_published_height():
    assert expected_maximum(100) == pytest.approx(2.530603, abs=5e-7)


def test_45_trials_need_the_published_five_years():
    assert minimum_backtest_years(45) == pytest.approx(4.998, abs=5e-4)


@pytest.mark.parametrize(("count", "error"), [(10, 0.04), (100, 0.024), (100_000, 0.008)])
def test_the_expected_maximum_is_near_the_exact_one_and_never_below(count, error):
    exact, _ = integrate.quad(
        lambda x: x * count * stats.norm.cdf(x) ** (count - 1) * stats.norm.pdf(x), -8.0, 12.0, limit=500
    )
    assert 0.0 <= expected_maximum(count) - exact < error


def test_one_trial_is_not_deflated():
    assert expected_maximum(1) == 0.0
    assert deflated_sharpe(TRACK, TrialSharpes(count=1, period_variance=0.0)) == probabilistic_sharpe(TRACK)


def test_more_trials_leave_less():
    left = [deflated_sharpe(TRACK, TrialSharpes(count=count, period_variance=0.002)) for count in (1, 10, 100, 1250)]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == 4


def test_trials_without_a_ratio_count_and_do_not_vary():
    ratios = [0.1, -0.1, 0.3]
    trials = TrialSharpes.of([*map(PeriodSharpe, ratios), PeriodSharpe(math.nan)])
    assert trials.count == 4
    assert trials.period_variance == pytest.approx(np.var(ratios, ddof=1), rel=1e-12)
    assert TrialSharpes.of([PeriodSharpe(0.1)], count=7) == TrialSharpes(count=7, period_variance=0.0)
    assert luck(TrialSharpes(count=100, period_variance=0.04)).value == pytest.approx(0.2 * 2.530603, abs=5e-7)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="is a trial too"):
        TrialSharpes(count=0, period_variance=0.1)
    with pytest.raises(ValueError, match="at least 0"):
        TrialSharpes(count=3, period_variance=math.nan)
    with pytest.raises(ValueError, match="no maximum of nothing"):
        expected_maximum(0)
    with pytest.raises(ValueError, match="above 0"):
        minimum_backtest_years(45, expected=AnnualSharpe(0.0))


def test_skfolio_says_the_same_of_the_same_returns():
    measures = pytest.importorskip("skfolio.measures")
    rng = np.random.default_rng(8)
    returns = rng.standard_t(5, size=(700, 12)) * 0.01 + 0.0004
    tracks = [track_record(column) for column in returns.T]
    best = max(tracks, key=lambda each: each.sharpe.value)
    column = returns[:, tracks.index(best)]
    ratios = [each.sharpe for each in tracks]
    theirs = measures.deflated_sharpe_ratio(column, np.array([each.value for each in ratios]))
    assert deflated_sharpe(best, TrialSharpes.of(ratios)) == pytest.approx(theirs, rel=1e-9)
    benchmark = measures.probabilistic_sharpe_ratio(column, benchmark_sharpe_ratio=0.05)
    assert probabilistic_sharpe(best, benchmark=PeriodSharpe(0.05)) == pytest.approx(benchmark, rel=1e-9)
    assert expected_maximum(37) == pytest.approx(measures.expected_max_sharpe_ratio(37, 1.0), rel=1e-12)
