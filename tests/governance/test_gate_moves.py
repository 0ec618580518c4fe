"""Which way a gate moves; the content is what `.cbr/acceptance_gates.yaml` holds."""

import copy

import pytest

from enerqis.governance.gate_moves import gate_file_moves, gate_moves

GATE = {
    "value": "validation.deflated_sharpe_fraction",
    "comparison": "at_least",
    "unit": "fraction",
    "threshold": 0.95,
    "edges": ["research->candidate", "paper->live"],
    "severity": "blocks",
    "reason": "One chance in twenty.",
}
OLD = {
    "gates": {
        "deflated_sharpe": GATE,
        "drawdown": {**GATE, "comparison": "at_most", "threshold": "risk.drawdown_halt.max_drawdown_fraction"},
        "parity": {**GATE, "comparison": "equals", "threshold": 0},
    },
    "explained_rejects": [{"dataset": "d", "rule": "ohlc", "most_rows_count": 3, "reason": "seen"}],
}


def moved(edit):
    new = copy.deepcopy(OLD)
    edit(new)
    return [(each.gate, each.what, each.direction) for each in gate_moves(OLD, new)]


def put(gate, **fields):
    return lambda content: content["gates"][gate].update(fields)


@pytest.mark.parametrize(
    ("edit", "move"),
    [
        (put("deflated_sharpe", threshold=0.9), ("deflated_sharpe", "threshold", "looser")),
        (put("deflated_sharpe", threshold=0.99), ("deflated_sharpe", "threshold", "tighter")),
        (put("deflated_sharpe", comparison="above"), ("deflated_sharpe", "comparison", "tighter")),
        (put("deflated_sharpe", comparison="at_most"), ("deflated_sharpe", "comparison", "untold")),
        (put("deflated_sharpe", severity="warns"), ("deflated_sharpe", "severity", "looser")),
        (put("deflated_sharpe", severity="asks"), ("deflated_sharpe", "severity", "looser")),
        (put("deflated_sharpe", value="metric.sharpe_ratio"), ("deflated_sharpe", "value", "untold")),
        (put("deflated_sharpe", edges=["paper->live"]), ("deflated_sharpe", "edges", "looser")),
        (put("deflated_sharpe", edges=[*GATE["edges"], "sandbox->paper"]), ("deflated_sharpe", "edges", "tighter")),
        (put("drawdown", threshold=0.9), ("drawdown", "threshold", "untold")),
        (put("parity", threshold=5), ("parity", "threshold", "untold")),
        (lambda content: content["gates"].pop("parity"), ("parity", "removed", "looser")),
        (lambda content: content["gates"].update(more=GATE), ("more", "added", "tighter")),
        (
            lambda content: content["explained_rejects"][0].update(most_rows_count=9),
            ("explained_rejects.d.ohlc", "most_rows_count", "looser"),
        ),
        (lambda content: content.pop("explained_rejects"), ("explained_rejects.d.ohlc", "most_rows_count", "tighter")),
    ],
)
def test_one_edit_is_one_move(edit, move):
    assert moved(edit) == [move]


def test_a_renamed_gate_is_a_loosening_although_its_twin_is_new():
    def rename(content):
        content["gates"]["sharpe"] = content["gates"].pop("deflated_sharpe")

    assert moved(rename) == [("deflated_sharpe", "renamed", "looser"), ("sharpe", "added", "tighter")]


def test_other_words_for_a_reason_move_nothing_and_a_file_that_is_gone_loosens_everything():
    assert moved(put("parity", reason="The same said otherwise.")) == []
    gone = [each.direction for each in gate_moves({"gates": OLD["gates"]}, {})]
    assert gone == ["looser"] * 3


@pytest.mark.parametrize("content", [5, [1], {"gates": {"parity": 5}}, {"gates": {}, "explained_rejects": [{}]}])
def test_of_a_file_that_does_not_hold_nothing_is_told_and_nothing_breaks(content):
    good = {"format": "enerqis/acceptance-gates/1", "gates": {"parity": {**GATE, "reason": "Seen by a person."}}}
    assert [each.direction for each in gate_file_moves(good, content)] == ["untold"]
    assert list(gate_file_moves(content, content)) == []
    assert [(each.gate, each.direction) for each in gate_file_moves(good, {})] == [("parity", "looser")]
