import math

import numpy as np
import pytest

from enerqis.quant.probability import minimum_track_record, probabilistic_sharpe
from enerqis.quant.sharpe import AnnualSharpe, Kurtosis, PeriodSharpe
from enerqis.quant.track import TrackRecord, track_record


def hedge_fund(count=24):
    """Return the example of Bailey and Lopez de Prado (2012): two years of months."""
    return TrackRecord(
        count=count, sharpe=AnnualSharpe(1.585).per_period(12), skewness=-2.448, kurtosis=Kurtosis(full=10.164)
    )


def test_the_published_record_is_above_zero_with_the_published_probability():
    assert probabilistic_sharpe(hedge_fund()) == pytest.approx(0.913234, abs=5e-7)


def test_an_excess_in_place_of_the_kurtosis_would_have_given_another_figure():
    kurtosis = Kurtosis.from_excess(10.164)
    track = TrackRecord(count=24, sharpe=hedge_fund().sharpe, skewness=-2.448, kurtosis=kurtosis)
    assert abs(probabilistic_sharpe(track) - 0.913234) > 1e-3


def test_a_record_as_long_as_the_minimum_is_just_sure_enough():
    needed = minimum_track_record(hedge_fund(), confidence_fraction=0.95)
    assert 24 < needed < 48
    # 0.5 either side of the root: count is an integer
    assert (
        probabilistic_sharpe(hedge_fund(math.floor(needed)))
        < 0.95
        < probabilistic_sharpe(hedge_fund(math.ceil(needed)))
    )


def test_a_normal_record_needs_what_the_formula_says_by_hand():
    # ratio 0.1 a period, normal: 1 + (1 + 0.005) (1.6448536 / 0.1)^2 = 272.907
    track = TrackRecord(count=100, sharpe=PeriodSharpe(0.1), skewness=0.0, kurtosis=Kurtosis(full=3.0))
    assert minimum_track_record(track) == pytest.approx(272.907, abs=5e-4)


def test_no_length_is_enough_for_a_ratio_that_is_not_above_the_benchmark():
    assert minimum_track_record(hedge_fund(), benchmark=hedge_fund().sharpe) == math.inf
    assert probabilistic_sharpe(hedge_fund(), benchmark=hedge_fund().sharpe) == 0.5


def test_returns_that_do_not_vary_are_neither_sure_nor_unsure():
    flat = track_record(np.full(50, 0.001))
    assert math.isnan(probabilistic_sharpe(flat))
    assert math.isnan(minimum_track_record(flat))


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, math.nan])
def test_a_confidence_is_a_fraction(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        minimum_track_record(hedge_fund(), confidence_fraction=confidence)
