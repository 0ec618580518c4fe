import math

import numpy as np
import pytest
from scipy import stats

from enerqis.quant.return_moments import moments_from_sums
from enerqis.quant.sharpe import Kurtosis, PeriodSharpe
from enerqis.quant.track import TrackRecord, track_of, track_record

FAT = np.random.default_rng(7).standard_t(5, size=400) * 0.01 + 0.0005


@pytest.mark.parametrize("returns", [FAT, FAT * 1e-9, np.exp(FAT * 20.0), np.array([0.01, -0.02])])
def test_moments_agree_with_scipy(returns):
    found = track_record(returns)
    assert found.count == len(returns)
    assert found.sharpe.value == pytest.approx(returns.mean() / returns.std(ddof=1), rel=1e-11)
    assert found.skewness == pytest.approx(stats.skew(returns), rel=1e-9, abs=1e-12)
    assert found.kurtosis.full == pytest.approx(stats.kurtosis(returns, fisher=False), rel=1e-9)


def test_sums_of_powers_give_the_same_record():
    whole = track_record(FAT)
    sums = np.array([[float(np.sum(FAT**power)) for power in (1, 2, 3, 4)]])
    found = track_of(moments_from_sums(sums, count=len(FAT), periods_per_year=252.0)[0])
    assert found.sharpe.value == pytest.approx(whole.sharpe.value, rel=1e-10)
    assert found.skewness == pytest.approx(whole.skewness, rel=1e-9)
    assert found.kurtosis.full == pytest.approx(whole.kurtosis.full, rel=1e-9)


def test_returns_that_do_not_vary_have_no_ratio():
    found = track_record(np.full(9, 0.01))
    assert found.count == 9
    assert math.isnan(found.sharpe.value)
    assert math.isnan(found.kurtosis.full)


def test_one_return_is_no_record():
    with pytest.raises(ValueError, match="at least 2"):
        track_record(np.array([0.01]))


def test_a_ratio_of_normal_returns_varies_as_lo_says():
    # Lo (2002): one plus half the squared ratio
    track = TrackRecord(count=60, sharpe=PeriodSharpe(0.5), skewness=0.0, kurtosis=Kurtosis(full=3.0))
    assert track.spread == pytest.approx(1.125)
