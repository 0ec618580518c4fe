import math

import numpy as np
import pytest

from enerqis.quant.regimes import by_regime, regimes


def test_sessions_are_split_by_what_came_before_them():
    benchmark = np.array([0.01, 0.01, -0.03, -0.03, 0.05, 0.05, 0.0])
    split = regimes(benchmark, window=2)
    # windows of sessions 2 to 6: (1, 1), (1, -3), (-3, -3), (-3, 5), (5, 5) per cent
    assert np.flatnonzero(split["rising"]).tolist() == [2, 5, 6]
    assert np.flatnonzero(split["falling"]).tolist() == [3, 4]
    # deviations 0, 2.8, 0, 5.7, 0 per cent; thirds at 0 and 1.9
    assert np.flatnonzero(split["calm"]).tolist() == [2, 4, 6]
    assert np.flatnonzero(split["usual"]).tolist() == []
    assert np.flatnonzero(split["rough"]).tolist() == [3, 5]


def test_a_session_does_not_choose_its_own_regime():
    rng = np.random.default_rng(0)
    benchmark = rng.normal(size=100) * 0.01
    before = regimes(benchmark, window=10)["rising"]
    benchmark[50] = 0.9
    after = regimes(benchmark, window=10)["rising"]
    assert after[:51].tolist() == before[:51].tolist()
    assert after[51:61].tolist() == [True] * 10


def test_each_regime_has_its_own_mean_and_ratio():
    split = {"odd": np.array([True, False, True, False]), "none": np.zeros(4, dtype=bool)}
    found = by_regime(np.array([0.01, 9.0, 0.03, 9.0]), split)
    assert found["odd"].sessions == 2
    assert found["odd"].mean == pytest.approx(0.02)
    assert found["odd"].sharpe.value == pytest.approx(0.02 / math.sqrt(0.0002))
    assert found["none"].sessions == 0
    assert math.isnan(found["none"].mean)


def test_a_period_shorter_than_the_window_is_in_no_regime():
    assert {name: int(each.sum()) for name, each in regimes(np.zeros(5), window=10).items()} == dict.fromkeys(
        ("rising", "falling", "calm", "usual", "rough"), 0
    )
