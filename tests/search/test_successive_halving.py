import math

from enerqis.search import successive_halving
from enerqis.search.successive_halving import SuccessiveHalvingParams
from tests.search.searching import params_of, points_of


def test_each_rung_keeps_the_best_over_twice_the_bars():
    params = params_of(SuccessiveHalvingParams, trials=9, first_fraction=0.3, reduction=2)
    rungs, _ = points_of(successive_halving, params)
    assert [(len(rung), rung[0].fraction) for rung in rungs] == [(9, 0.3), (4, 0.6), (2, 1.0)]
    scores = [[each.values["strategy.b"] for each in rung] for rung in rungs]
    assert sorted(scores[1]) == sorted(scores[0])[-4:]
    assert sorted(scores[2]) == sorted(scores[0])[-2:]
    assert scores[1] == [each for each in scores[0] if each in scores[1]]  # in the order they were drawn


def test_a_point_that_failed_does_not_go_on():
    params = params_of(SuccessiveHalvingParams, trials=4, first_fraction=0.5)
    rungs, _ = points_of(successive_halving, params, score=lambda point: math.nan if point["strategy.a"] > 0 else 1.0)
    assert [len(rung) for rung in rungs] == [4]


def test_a_first_rung_over_all_bars_is_the_only_one():
    rungs, _ = points_of(successive_halving, params_of(SuccessiveHalvingParams, trials=5, first_fraction=1.0))
    assert [len(rung) for rung in rungs] == [5]
