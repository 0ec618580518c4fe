"""A limit or a gate that lets more through is named; a tighter one is not."""

import pytest

from enerqis.governance.loosening import directions, looser_gates, looser_limits

WAYS = {"halt": {"max_drawdown_fraction": "up"}, "floor": {"min_units": "down"}}
GATE = {
    "value": "validation.deflated_sharpe_fraction",
    "comparison": "at_least",
    "threshold": 0.95,
    "severity": "blocks",
    "edges": ["research->candidate", "sandbox->paper"],
}


def _limits(old, new):
    return [str(each) for each in looser_limits(old, new, WAYS)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"halt": {"max_drawdown_fraction": 0.2}}, {"halt": {"max_drawdown_fraction": 0.3}}, "0.2 -> 0.3"),
        ({"halt": {"max_drawdown_fraction": 0.2}}, {"halt": None}, "risk.halt: on -> off"),
        ({"halt": {"max_drawdown_fraction": 0.2}}, {}, "risk.halt: on -> off"),
        ({"halt": {"max_drawdown_fraction": 0.2}}, {"halt": {"max_drawdown_fraction": None}}, "0.2 -> None"),
        ({"floor": {"min_units": 2.0}}, {"floor": {"min_units": 1.0}}, "risk.floor.min_units: 2 -> 1"),
        ({"own": {"knob": 1.0}}, {"own": {"knob": 0.5}}, "risk.own.knob: 1 -> 0.5"),
    ],
)
def test_a_looser_limit_is_named(old, new, said):
    assert said in _limits(old, new)[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"halt": {"max_drawdown_fraction": 0.2}}, {"halt": {"max_drawdown_fraction": 0.1}}),
        ({"halt": None}, {"halt": {"max_drawdown_fraction": 0.9}}),
        ({"halt": {"max_drawdown_fraction": None}}, {"halt": {"max_drawdown_fraction": 0.9}}),
        ({"floor": {"min_units": 1.0}}, {"floor": {"min_units": 2.0}}),
    ],
)
def test_a_tighter_limit_is_not(old, new):
    assert _limits(old, new) == []


def test_every_shipped_limit_says_which_way_its_numbers_loosen_it():
    found = directions(None)
    assert found["drawdown_halt"] == {"max_drawdown_fraction": "up"}
    assert all(found.values())


def _gates(rejects=(), **gates):
    return {"gates": gates, "explained_rejects": list(rejects)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"threshold": 0.9}, "gates.luck.threshold: 0.95 -> 0.9"),
        ({"severity": "warns"}, "gates.luck.severity: blocks -> warns"),
        ({"edges": ["sandbox->paper"]}, "gates.luck.edges"),
        ({"comparison": "at_most"}, "gates.luck.comparison: at_least -> at_most"),
        ({"value": "metric.sharpe_ratio"}, "gates.luck.value"),
        ({"threshold": "metric.sharpe_ratio"}, "gates.luck.threshold"),
    ],
)
def test_a_looser_gate_is_named(change, said):
    assert said in str(next(looser_gates(_gates(luck=GATE), _gates(luck={**GATE, **change}))))


def test_a_gate_of_another_name_is_another_gate():
    assert [str(each) for each in looser_gates(_gates(luck=GATE), _gates(fortune=GATE))] == [
        "gates.luck: there -> gone"
    ]


@pytest.mark.parametrize("change", [{"threshold": 0.99}, {"edges": [*GATE["edges"], "paper->live"]}])
def test_a_tighter_gate_is_not(change):
    assert list(looser_gates(_gates(luck=GATE), _gates(luck={**GATE, **change}))) == []


def test_more_rejected_rows_that_are_explained_away_are_named():
    one = {"dataset": "d", "rule": "gap", "most_rows_count": 1}
    assert list(looser_gates(_gates([one]), _gates([one]))) == []
    more = {**one, "most_rows_count": 5}
    assert [str(each) for each in looser_gates(_gates([one]), _gates([more]))] == ["explained_rejects.d.gap: 1 -> 5"]
