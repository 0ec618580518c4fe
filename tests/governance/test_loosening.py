"""What a promotion calls looser: limits of the resolved spec, bounds of the account, gates, and what cannot be told."""

import pytest

from enerqis.governance.loosening import looser_gates, looser_limits, told_limits
from enerqis.governance.side import Limits

KINDS = {
    "halt": Limits(looser={"max_drawdown_fraction": "up"}, code="a" * 64),
    "own": Limits(looser={}, code="b" * 64),
}
GATE = {
    "value": "validation.deflated_sharpe_fraction",
    "comparison": "at_least",
    "threshold": 0.95,
    "severity": "blocks",
    "edges": ["research->candidate", "sandbox->paper"],
}


def _told(risk, kinds=KINDS, **execution):
    return told_limits({"risk": risk, "execution": {"allow_short": False, **execution}}, kinds)


def _said(old, new):
    return [str(each) for each in looser_limits(old, new)]


def test_a_limit_is_told_with_its_numbers_and_what_its_kind_declares():
    assert _told({"halt": {"max_drawdown_fraction": 0.2}, "own": None}) == {
        "values": {"execution.allow_short": False, "risk.halt.max_drawdown_fraction": 0.2, "risk.own": None},
        "kinds": {"halt": {"looser": {"max_drawdown_fraction": "up"}, "code": "a" * 64}},
    }


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (_told({"halt": {"max_drawdown_fraction": 0.3}}), "risk.halt.max_drawdown_fraction: 0.2 -> 0.3"),
        (_told({"halt": None}), "risk.halt: on -> off"),
        (_told({}), "risk.halt: on -> off"),
        (_told({"halt": {"max_drawdown_fraction": 0.2}}, allow_short=True), "execution.allow_short: False -> True"),
        (
            _told({"halt": {"max_drawdown_fraction": 0.2}}, {"halt": Limits(looser={}, code="a" * 64)}),
            f"risk.halt: {'a' * 12} -> {'a' * 12}",
        ),
    ],
)
def test_what_lets_more_through_is_named(new, said):
    assert said in _said(_told({"halt": {"max_drawdown_fraction": 0.2}}), new)


def test_a_limit_without_numbers_is_looser_when_it_is_off():
    assert _said(_told({"own": {}}), _told({"own": None})) == ["risk.own: on -> off"]
    assert _said(_told({"own": None}), _told({"own": {}})) == []


def test_a_number_whose_direction_nobody_declared_is_named():
    assert _said(_told({"own": {"knob": 1.0}}), _told({"own": {"knob": 0.5}})) == ["risk.own.knob: 1 -> 0.5"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"halt": {"max_drawdown_fraction": 0.2}}, {"halt": {"max_drawdown_fraction": 0.1}}),
        ({"halt": None}, {"halt": {"max_drawdown_fraction": 0.9}}),
    ],
)
def test_a_tighter_limit_is_not(old, new):
    assert _said(_told(old), _told(new)) == []


def _gates(rejects=(), **gates):
    return {"gates": gates, "explained_rejects": list(rejects)}


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (_gates(luck={**GATE, "threshold": 0.9}), "gates.luck.threshold: 0.95 -> 0.9"),
        (_gates(), "gates.luck: validation.deflated_sharpe_fraction at_least 0.95 -> none"),
        (_gates(fortune=GATE), "gates.luck: validation.deflated_sharpe_fraction at_least 0.95 -> fortune"),
        (
            _gates([{"dataset": "d", "rule": "gap", "most_rows_count": 5}], luck=GATE),
            "explained_rejects.d.gap: none -> 5",
        ),
    ],
)
def test_a_looser_gate_is_named(new, said):
    assert [str(each) for each in looser_gates(_gates(luck=GATE), new)] == [said]


def test_a_tighter_gate_is_not():
    assert list(looser_gates(_gates(luck=GATE), _gates(luck={**GATE, "threshold": 0.99}))) == []
