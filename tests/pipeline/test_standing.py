import math

import numpy as np
import pytest

from enerqis.pipeline.point_table import FIGURES, blank
from enerqis.pipeline.standing import best_of, over_all_bars
from enerqis.quant.deflation import TrialSharpes, deflated_sharpe
from enerqis.quant.sharpe import Kurtosis, PeriodSharpe
from enerqis.quant.track import TrackRecord

FOUND = {"bars_count": 1251, "skewness": -3.0, "kurtosis": 10.0}
"""Bailey and Lopez de Prado (2014): a ratio of 2.5 a year of 250 days over 1,250 returns, skewness -3, kurtosis 10."""


def figures_of(sharpes):
    rows = blank(len(sharpes))
    for name, value in FOUND.items():
        rows[:, FIGURES.index(name)] = value
    rows[:, FIGURES.index("sharpe_per_bar_ratio")] = sharpes
    return rows


def test_the_best_of_a_hundred_is_deflated_as_in_the_paper():
    # a hundred ratios whose variance (ddof=1) is 0.5/250, the best of them 2.5/sqrt(250), as the paper has them
    best, variance = 2.5 / math.sqrt(250), 0.5 / 250
    spread = math.sqrt((99 * variance - 99 / 100 * best**2) / 98)  # of 49 pairs around 0, one 0 and the best
    sharpes = np.array([*np.resize([spread, -spread], 98), 0.0, best])
    assert np.var(sharpes, ddof=1) == pytest.approx(variance)
    found = best_of(figures_of(sharpes), sharpes, trials=100)
    assert found is not None
    assert (found.row, found.trials) == (99, 100)
    assert found.deflated_sharpe == pytest.approx(0.900397, abs=1e-6)


def test_more_trials_leave_less():
    sharpes = np.linspace(-0.02, 0.08, 50)
    few, many = (best_of(figures_of(sharpes), sharpes, trials=trials) for trials in (50, 5000))
    assert few is not None
    assert many is not None
    assert many.deflated_sharpe < few.deflated_sharpe


def test_a_sweep_of_near_copies_is_deflated_by_how_far_all_trials_lie_apart():
    # two equal points after a hundred trials: those of the paper, of which the best is looked at again
    best, variance = 2.5 / math.sqrt(250), 0.5 / 250
    spread = math.sqrt((99 * variance - 99 / 100 * best**2) / 98)
    others = [PeriodSharpe(each).annual(250.0) for each in [*np.resize([spread, -spread], 98).tolist(), 0.0]]
    rows = figures_of([best, best])
    rows[:, FIGURES.index("bars_per_year")] = 250.0
    alone = best_of(rows, np.array([best, best]), trials=101)
    among = best_of(rows, np.array([best, best]), trials=101, others=others)
    assert alone is not None
    assert among is not None
    assert alone.deflated_sharpe > 0.99  # nothing lies apart
    every = [*(each.per_period(250.0) for each in others), PeriodSharpe(best), PeriodSharpe(best)]
    track = TrackRecord(count=1250, sharpe=PeriodSharpe(best), skewness=-3.0, kurtosis=Kurtosis(full=10.0))
    assert among.deflated_sharpe == pytest.approx(deflated_sharpe(track, TrialSharpes.of(every)), rel=1e-12)
    assert among.deflated_sharpe < 0.91


def test_only_points_over_all_their_bars_can_be_the_best():
    whole = over_all_bars(np.array([0.01, 0.09, 0.02]), np.array([1.0, 0.5, 1.0]))
    rows = figures_of([0.01, 0.09, 0.02])
    rows[:, FIGURES.index("bars_count")] = [
        1000,
        500,
        400,
    ]  # the third is of a shorter universe, and ran over all of it
    found = best_of(rows, whole, trials=3)
    assert found is not None
    assert found.row == 2


def test_without_a_finished_point_there_is_no_best():
    assert best_of(blank(3), np.full(3, np.nan), trials=3) is None
    alone = best_of(figures_of([0.05]), np.array([0.05]), trials=1)
    assert alone is not None
    assert math.isnan(alone.deflated_sharpe)  # the spread of one trial is unknown
    assert alone.figures["kurtosis"] == pytest.approx(10.0)
