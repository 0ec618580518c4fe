from enerqis.search import random
from tests.search.searching import params_of, points_of

FEW = {"strategy.a": {"kind": "int", "low": 1, "high": 3}, "strategy.b": {"kind": "choice", "values": [0, 1]}}


def test_a_seed_gives_the_same_points_and_another_seed_others():
    same, again, other = (
        points_of(random, params_of(random.RandomParams, trials=60, seed=seed))[0] for seed in (1, 1, 2)
    )
    assert same == again != other
    assert [len(batch) for batch in same] == [50, 10]


def test_no_point_is_drawn_twice_and_a_small_space_ends_early():
    batches, _ = points_of(random, params_of(random.RandomParams, space=FEW, trials=50))
    points = [tuple(each.values.values()) for batch in batches for each in batch]
    assert len(points) == len(set(points)) == 6


def test_points_outside_the_constraints_are_drawn_again_and_counted():
    batches, left_out = points_of(random, params_of(random.RandomParams, trials=100), constraint="strategy.b < 0.5")
    points = [each.values for batch in batches for each in batch]
    assert len(points) == 100
    assert all(each["strategy.b"] < 0.5 for each in points)
    assert 60 < left_out < 150  # every second draw


def test_it_stops_after_so_many_points_without_a_better_one():
    params = params_of(random.RandomParams, trials=1000, batch_trials=10, patience_trials=30)
    batches, _ = points_of(random, params, score=lambda point: 0.0)
    assert sum(len(batch) for batch in batches) == 40  # the first is the best one, of a batch of ten; thirty more


def test_an_impossible_constraint_ends_the_search():
    assert points_of(random, params_of(random.RandomParams), constraint="1 > 2")[0] == []


def test_one_and_true_are_two_points():
    space = {"strategy.a": {"kind": "choice", "values": [1, True]}}
    batches, _ = points_of(random, params_of(random.RandomParams, space=space, trials=5), score=lambda point: 0.0)
    points = [each.values["strategy.a"] for batch in batches for each in batch]
    assert sorted(map(repr, points)) == ["1", "True"]
