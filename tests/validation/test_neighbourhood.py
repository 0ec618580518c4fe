import math

import pytest

from enerqis.spec.execution import Execution
from enerqis.strategies.sma_cross import SmaCrossParams
from enerqis.validation.neighbourhood import greatest_exposure, neighbourhood_tree, neighbours
from enerqis.validation.record import record_tree
from tests.validation.conftest import cross


def test_each_number_is_moved_alone_by_a_tenth_and_a_fifth_whole_ones_by_one_at_least():
    found = [(each.parameter, each.steps, each.value) for each in neighbours(SmaCrossParams(fast_bars=5, slow_bars=30))]
    assert found[:8] == [
        ("fast_bars", -2, 3),
        ("fast_bars", -1, 4),
        ("fast_bars", 1, 6),
        ("fast_bars", 2, 7),
        ("slow_bars", -2, 24),
        ("slow_bars", -1, 27),
        ("slow_bars", 1, 33),
        ("slow_bars", 2, 36),
    ]
    assert [each[2] for each in found[8:]] == pytest.approx([0.8, 0.9, 1.1, 1.2])


def test_what_the_strategy_refuses_is_no_neighbour():
    # averages of 5 and 6 bars: 6, 7 for the fast one and 4, 5 for the slow one leave no slower average
    refused = [each.value for each in neighbours(SmaCrossParams(fast_bars=5, slow_bars=6)) if each.params is None]
    assert refused == [6, 7, 4, 5]


@pytest.mark.parametrize(
    ("knobs", "values"),
    [
        ({}, [0.8, 0.9]),
        ({"initial_margin_fraction": 0.9}, [0.8, 0.9, 1.1]),  # carries 1.11
        ({"initial_margin_fraction": 0.5}, [0.8, 0.9, 1.1, 1.2]),
        ({"cash_shortfall": "allow"}, [0.8, 0.9, 1.1, 1.2]),
    ],
)
def test_an_exposure_moves_no_further_than_the_account_carries(knobs, values):
    most = greatest_exposure(Execution(**knobs))
    found = [each.value for each in neighbours(SmaCrossParams(), most=most) if each.parameter == "exposure"]
    assert found == pytest.approx(values)


def test_neighbours_are_runs_of_their_own(panel, job, evidence, ground):
    tree = neighbourhood_tree(job, ground, own=record_tree(evidence)["figures"])
    six = next(each for each in tree["points"] if (each["parameter"], each["value"]) == ("fast_bars", 6))
    own = cross(panel, fast=6)
    assert six["sharpe_ratio"] == record_tree(ground.evidence(ground.run(own), own))["figures"]["sharpe_ratio"]
    assert (tree["refused"], tree["without_effect"]) == (0, 0)
    # an account that may not borrow is all in at 1: more exposure would be the same run
    assert [each["value"] for each in tree["points"] if each["parameter"] == "exposure"] == [0.8, 0.9]


def test_the_share_is_that_of_neighbours_that_moved_something(job, evidence, ground):
    own = record_tree(evidence)["figures"]
    tree = neighbourhood_tree(job, ground, own=own)
    near = [
        each["sharpe_ratio"]
        for each in tree["points"]
        if abs(each["steps"]) == 1 and each["total_return_fraction"] != own["total_return_fraction"]
    ]
    assert tree["neighbour_share_fraction"] == pytest.approx(sum(near) / len(near) / own["sharpe_ratio"])
    worthless = neighbourhood_tree(job, ground, own={**own, "sharpe_ratio": -1.0})
    assert math.isnan(worthless["neighbour_share_fraction"])
