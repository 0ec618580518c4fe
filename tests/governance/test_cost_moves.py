"""Which way costs and fills move, by hand: what lowers a cost, or fills more kindly, flatters a result."""

import pytest

from enerqis.governance.cost_moves import cost_moves
from enerqis.governance.side import Costs, Value

BPS = Costs(looser={"commission_bps": "down"}, code="a")
FREE = Costs(looser={}, code="f", is_free=True)
FUNDING = Costs(looser={}, code="r")
DECLARED = {"notional_bps": BPS, "no_commission": FREE, "funding_rate": FUNDING, "per_unit": BPS}
TEN = {"cost.commission.kind": "notional_bps", "cost.commission.commission_bps": 10.0}


def moves(old, new, declared=DECLARED, redeclared=DECLARED):
    sides = [
        {key: Value(value=value, origin="conf/cost/x.yaml:1:1") for key, value in each.items()} for each in (old, new)
    ]
    return [(each.key, each.direction) for each in cost_moves(*sides, declared=declared, redeclared=redeclared)]


@pytest.mark.parametrize(
    ("old", "new", "move"),
    [
        (TEN, TEN | {"cost.commission.commission_bps": 5.0}, ("cost.commission.commission_bps", "looser")),
        (TEN, TEN | {"cost.commission.commission_bps": 12.0}, ("cost.commission.commission_bps", "tighter")),
        (
            {"cost.carry.kind": "funding_rate", "cost.carry.rate_bps": 2.0},
            {"cost.carry.kind": "funding_rate", "cost.carry.rate_bps": 1.0},
            ("cost.carry.rate_bps", "untold"),
        ),
        (TEN, {"cost.commission.kind": "no_commission"}, ("cost.commission.kind", "looser")),
        ({"cost.commission.kind": "no_commission"}, TEN, ("cost.commission.kind", "tighter")),
        (TEN, {"cost.commission.kind": "per_unit"}, ("cost.commission.kind", "untold")),
        ({"execution.latency_bars": 1}, {"execution.latency_bars": 0}, ("execution.latency_bars", "looser")),
        ({"execution.limit_fill": "through"}, {"execution.limit_fill": "touch"}, ("execution.limit_fill", "looser")),
        ({"execution.last_bar": "hold"}, {"execution.last_bar": "close"}, ("execution.last_bar", "tighter")),
        (
            {"execution.intrabar_order": "stop_first"},
            {"execution.intrabar_order": "take_profit_first"},
            ("execution.intrabar_order", "looser"),
        ),
        (
            {"execution.latency_distribution": [0.5, 0.5]},
            {"execution.latency_distribution": []},
            ("execution.latency_distribution", "looser"),
        ),
        (
            {"execution.latency_distribution": [0.5, 0.0, 0.5]},
            {"execution.latency_distribution": [0.0, 1.0]},
            ("execution.latency_distribution", "untold"),
        ),
    ],
)
def test_a_cost_or_a_fill_moves_as_it_is_declared(old, new, move):
    assert moves(old, new) == [move]
    assert moves(old, old) == []


def test_a_change_cannot_declare_that_its_lower_cost_is_a_higher_one():
    turned = DECLARED | {"notional_bps": Costs(looser={"commission_bps": "up"}, code="a")}
    found = moves(TEN, TEN | {"cost.commission.commission_bps": 5.0}, redeclared=turned)
    assert found == [("cost.commission.commission_bps", "looser"), ("cost.commission", "untold")]


def test_a_side_that_is_older_than_such_declarations_is_read_by_the_newer_ones():
    assert moves(TEN, TEN | {"cost.commission.commission_bps": 5.0}, declared={}) == [
        ("cost.commission.commission_bps", "looser")
    ]


def test_a_cost_whose_code_changed_is_for_a_person_to_read():
    other = DECLARED | {"notional_bps": Costs(looser={"commission_bps": "down"}, code="b")}
    assert moves(TEN, TEN, redeclared=other) == [("cost.commission", "untold")]
