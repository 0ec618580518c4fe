"""Which way a limit moves, by hand."""

import pytest

from enerqis.governance.limit_moves import limit_moves
from enerqis.governance.side import Limits, Value

DECLARED = {"stop_loss": Limits(looser={"max_loss_fraction": "up"}, code="a"), "odd": Limits(looser={}, code="a")}


def values(**found):
    return {key.replace("__", "."): Value(value=each, origin="conf/x.yaml:1:1") for key, each in found.items()}


def moves(old, new, redeclared=DECLARED):
    found = limit_moves(values(**old), values(**new), declared=DECLARED, redeclared=redeclared)
    return [(each.key, each.direction) for each in found]


@pytest.mark.parametrize(
    ("old", "new", "move"),
    [
        ({"risk__stop_loss__max_loss_fraction": 0.1}, {"risk__stop_loss__max_loss_fraction": 0.2}, "looser"),
        ({"risk__stop_loss__max_loss_fraction": 0.2}, {"risk__stop_loss__max_loss_fraction": 0.1}, "tighter"),
        ({"risk__odd__size": 1}, {"risk__odd__size": 2}, "untold"),
        ({"execution__initial_margin_fraction": 1.0}, {"execution__initial_margin_fraction": 0.5}, "looser"),
        ({"execution__maintenance_margin_fraction": 0.0}, {"execution__maintenance_margin_fraction": 0.3}, "tighter"),
        ({"execution__allow_short": False}, {"execution__allow_short": True}, "looser"),
        ({"execution__stop_active_from": "fill_bar"}, {"execution__stop_active_from": "next_bar"}, "looser"),
        ({"execution__cash_shortfall": "allow"}, {"execution__cash_shortfall": "reject"}, "tighter"),
    ],
)
def test_a_value_moves_as_its_limit_declares(old, new, move):
    assert moves(old, new) == [(next(iter(new)).replace("__", "."), move)]


def test_switching_a_limit_off_loosens_and_on_tightens():
    on, off = {"risk__stop_loss__max_loss_fraction": 0.1}, {"risk__stop_loss": None}
    assert moves(on, off) == [("risk.stop_loss", "looser")]
    assert moves(off, on) == [("risk.stop_loss", "tighter")]
    assert moves(off, off) == []


def test_a_change_cannot_declare_its_own_loosening_to_be_none():
    turned = DECLARED | {"stop_loss": Limits(looser={"max_loss_fraction": "down"}, code="a")}
    found = moves(
        {"risk__stop_loss__max_loss_fraction": 0.1}, {"risk__stop_loss__max_loss_fraction": 0.2}, redeclared=turned
    )
    assert found == [("risk.stop_loss.max_loss_fraction", "looser"), ("risk.stop_loss", "untold")]


def test_a_limit_whose_code_changed_is_for_a_person_to_read():
    other = DECLARED | {"stop_loss": Limits(looser={"max_loss_fraction": "up"}, code="b")}
    same = {"risk__stop_loss__max_loss_fraction": 0.1}
    assert moves(same, same, redeclared=other) == [("risk.stop_loss", "untold")]
