"""Gates held against values by hand: which side of a threshold passes, and what an explanation says."""

from __future__ import annotations

import pytest

from enerqis.governance.gate_values import Documents, Values, gathered
from enerqis.governance.gates import edges_of, evaluate, formula, gates_digest
from enerqis.spec.gates import EDGES, Gate

EVERY = list(EDGES)


def gate(comparison="at_least", threshold=0.95, **changes):
    fields = {
        "value": "validation.deflated_sharpe_fraction",
        "comparison": comparison,
        "unit": "fraction",
        "threshold": threshold,
        "edges": tuple(EVERY),
        "reason": "for a test of gates",
    }
    return Gate(**(fields | changes))


def said(each, **numbers):
    numbers = {name.replace("__", "."): value for name, value in numbers.items()}
    return evaluate({"it": each}, Values(numbers, {}, frozenset({"report", "validate"})))[0]


@pytest.mark.parametrize(
    ("comparison", "below", "on", "above"),
    [
        ("at_least", False, True, True),
        ("above", False, False, True),
        ("at_most", True, True, False),
        ("below", True, False, False),
        ("equals", False, True, False),
    ],
)
def test_each_comparison_passes_on_its_side_of_the_threshold(comparison, below, on, above):
    each = gate(comparison, 0.5)
    found = [said(each, validation__deflated_sharpe_fraction=value).is_passed for value in (0.4999, 0.5, 0.5001)]
    assert found == [below, on, above]


@pytest.mark.parametrize(
    ("comparison", "threshold", "value", "change"),
    [
        ("at_least", 0.95, 0.76, "It would have to rise by 0.19 or more. A higher ratio"),
        ("above", 0.5, 0.5, "It would have to rise by more than 0."),
        ("at_most", 0.5, 0.75, "It would have to fall by 0.25 or more."),
        ("below", 0.5, 0.5, "It would have to fall by more than 0."),
        ("equals", 0.25, 0.5, "It would have to fall by 0.25."),
        ("equals", 0.5, 0.25, "It would have to rise by 0.25."),
    ],
)
def test_a_failure_says_by_how_much_the_value_would_have_to_move(comparison, threshold, value, change):
    found = said(gate(comparison, threshold), validation__deflated_sharpe_fraction=value)
    assert not found.is_passed
    assert found.change.startswith(change)
    assert f"is {value}; wanted: " in found.explanation


def test_figures_that_six_digits_do_not_tell_apart_are_shown_with_more():
    found = said(gate(), validation__deflated_sharpe_fraction=0.94999999)
    assert found.explanation.startswith("validation.deflated_sharpe_fraction is 0.94999999; wanted: at least 0.95")
    assert found.change.startswith("It would have to rise by 1e-08 or more.")


def test_a_missing_value_fails_and_names_the_stage_that_would_make_it():
    found = said(gate())
    assert (found.is_passed, found.found) == (False, None)
    assert found.change.startswith(
        "validation.deflated_sharpe_fraction: stage 'report' makes it where the experiment has"
    )
    never = evaluate({"it": gate()}, Values({}, {}, frozenset({"report"})))[0]
    assert never.change == "validation.deflated_sharpe_fraction: stage 'validate' makes it and did not run."


def test_a_threshold_may_be_another_value_and_fails_where_that_is_missing():
    each = gate(
        "at_most", "risk.drawdown_halt.max_drawdown_fraction", value="metric.max_drawdown_fraction", severity="warns"
    )
    numbers = {"metric.max_drawdown_fraction": 0.31, "risk.drawdown_halt.max_drawdown_fraction": 0.3}
    found = evaluate({"it": each}, Values(numbers, {}, frozenset()))[0]
    assert (found.threshold, found.threshold_from) == (0.3, "risk.drawdown_halt.max_drawdown_fraction")
    assert found.change == "It would have to fall by 0.01 or more."
    none = said(each, metric__max_drawdown_fraction=0.1)
    assert not none.is_passed
    assert "the risk profile has no limit 'drawdown_halt'" in none.change


def test_an_edge_is_passed_where_a_gate_guards_it_and_none_that_blocks_or_asks_fails():
    gates = {
        "bad": gate(edges=("paper->live",)),
        "good": gate(threshold=0.1, edges=("research->candidate", "sandbox->paper", "paper->live")),
        "hint": gate(edges=("sandbox->paper",), severity="warns"),
        "doubt": gate(edges=("paper->live",), severity="asks"),
        "none_but_this": gate(edges=("candidate->sandbox",), severity="asks"),
    }
    values = Values({"validation.deflated_sharpe_fraction": 0.5}, {}, frozenset())
    assert {edge: each.tree() for edge, each in edges_of(evaluate(gates, values)).items()} == {
        "research->candidate": {"is_passed": True, "failed": [], "asked": [], "warned": []},
        "candidate->sandbox": {"is_passed": False, "failed": [], "asked": ["none_but_this"], "warned": []},
        "sandbox->paper": {"is_passed": True, "failed": [], "asked": [], "warned": ["hint"]},
        "paper->live": {"is_passed": False, "failed": ["bad"], "asked": ["doubt"], "warned": []},
    }


def documents(**changes):
    parts = {"report": {}, "validate": {}, "parity": {}, "ingest": {}, "backtest": {}}
    return Documents(**(parts | changes))


@pytest.mark.parametrize(("looked_at", "unexplained"), [({}, 7), ({"missing": 3}, 4), ({"missing": 5, "ohlc": 2}, 0)])
def test_a_rejected_row_is_explained_up_to_the_rows_that_were_looked_at(looked_at, unexplained):
    rules = {"missing": {"rejected": 5}, "ohlc": {"rejected": 2}, "unsorted": {"rejected": 0}}
    manifest = {"rules": rules, "symbols": {}, "rows": {"rejected": 7}}
    values = gathered(documents(ingest=manifest, explained=looked_at))
    assert values.find("data.unexplained_rejects_count") == unexplained


def test_a_spec_that_the_other_engine_refuses_has_no_parity_and_says_why():
    table = {"engines": ["kernel", "zipline"], "refused": ["latency"], "divergence": None}
    values = gathered(documents(parity=table))
    assert values.find("parity.differing_count") is None
    assert values.why_missing("parity.differing_count") == "the engine zipline cannot run this spec: latency"


def test_leaks_are_counted_and_the_first_sentences_are_kept():
    leaks = {"findings": [{"sentence": "It looks ahead."}], "blind": ["x"], "refused": []}
    values = gathered(documents(validate={"leaks": leaks}))
    each = gate("equals", 0, value="leak.findings_count", unit="count")
    found = evaluate({"it": each}, values)[0]
    assert found.change.startswith("It would have to fall by 1. It looks ahead.")
    assert values.find("leak.untested_count") == 1


def test_no_number_is_a_value_that_is_missing():
    values = gathered(documents(report={"metrics": {"sharpe_ratio": float("nan"), "calmar_ratio": None}}))
    assert values.numbers == {}


def test_the_hash_of_the_gates_is_of_what_they_mean():
    one = {"luck": gate().model_dump(mode="json")}
    assert gates_digest(one, {}) == gates_digest({"luck": dict(reversed(one["luck"].items()))}, {})
    assert gates_digest(one, {}) != gates_digest(one, {"missing": 1})


def test_a_gate_is_written_as_a_formula():
    assert formula(gate()) == "validation.deflated_sharpe_fraction >= 0.95"
    assert formula(gate("below", "validation.overfitting_fraction")).endswith("< validation.overfitting_fraction")
