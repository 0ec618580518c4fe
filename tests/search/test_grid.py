import pytest
from pydantic import ValidationError

from enerqis.search import grid
from tests.search.searching import SPACE, params_of, points_of

SMALL = {
    "strategy.a": {"kind": "int", "low": 1, "high": 3},
    "strategy.b": {"kind": "choice", "values": [2, 3]},
}


def test_every_combination_is_tried_the_last_key_changing_fastest():
    (batch,), left_out = points_of(grid, params_of(grid.GridParams, space=SMALL))
    assert [tuple(each.values.values()) for each in batch] == [(1, 2), (1, 3), (2, 2), (2, 3), (3, 2), (3, 3)]
    assert {each.fraction for each in batch} == {1.0}
    assert left_out == 0


def test_what_the_constraints_rule_out_is_no_trial_and_is_counted():
    (batch,), left_out = points_of(grid, params_of(grid.GridParams, space=SMALL), constraint="strategy.a < strategy.b")
    assert [tuple(each.values.values()) for each in batch] == [(1, 2), (1, 3), (2, 3)]
    assert left_out == 3


def test_a_grid_without_end_or_beyond_its_budget_is_refused():
    with pytest.raises(ValidationError, match=r"strategy\.b: between two floats there is no end of values"):
        params_of(grid.GridParams, space=SPACE)
    with pytest.raises(ValidationError, match="6 combinations are more than max_trials 5"):
        params_of(grid.GridParams, space=SMALL, max_trials=5)
