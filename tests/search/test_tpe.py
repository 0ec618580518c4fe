import math

from enerqis.search import random, tpe
from tests.search.searching import params_of, points_of

PEAK = {"strategy.a": 13, "strategy.b": 0.7}
SPACE = {
    "strategy.a": {"kind": "int", "low": 1, "high": 100},
    "strategy.b": {"kind": "float", "low": 0.001, "high": 1.0, "is_log": True},
    "strategy.c": {"kind": "choice", "values": [1, True, "x"]},
}


def far(point):
    return -abs(point["strategy.a"] - 13) / 100 - abs(point["strategy.b"] - 0.7) - (point["strategy.c"] is not True)


def best(batches):
    return max(far(each.values) for batch in batches for each in batch)


def test_it_comes_nearer_to_the_peak_than_chance_does_and_is_repeatable():
    settings = {"space": SPACE, "trials": 80, "batch_trials": 10, "seed": 3}
    found, _ = points_of(tpe, params_of(tpe.TpeParams, **settings), score=far)
    again, _ = points_of(tpe, params_of(tpe.TpeParams, **settings), score=far)
    drawn, _ = points_of(random, params_of(random.RandomParams, **settings), score=far)
    assert found == again
    assert [len(batch) for batch in found] == [10] * 8
    assert best(found) > best(drawn)
    assert {type(each.values["strategy.c"]) for batch in found for each in batch} == {int, bool, str}


def test_failed_points_and_those_outside_the_constraints_do_no_harm():
    params = params_of(tpe.TpeParams, trials=30, batch_trials=10, startup_trials=5)
    batches, left_out = points_of(
        tpe, params, score=lambda point: math.nan if point["strategy.a"] % 2 else 1.0, constraint="strategy.a < 10"
    )
    points = [each.values for batch in batches for each in batch]
    assert len(points) == 30
    assert all(each["strategy.a"] < 10 for each in points)
    assert left_out > 0
