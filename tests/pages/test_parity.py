"""The box on the page about the other engine: agreeing, differing, refused, not held."""

import pytest

from enerqis.pages.parity import parity_box, word
from enerqis.quant.divergence import AccountState, Difference, Divergence, Tally

DAY = 86_400_000_000_000
AGREEING = Divergence(Tally(2, 2, 0), Tally(2, 2, 0), Tally(9, 9, 0), 3e-16, None, None)
FIRST = Difference("fill", DAY, DAY, "GOOG", "units", 764.0, 763.0)
STATES = (AccountState(1000.0, 5.0, {"GOOG": 764.0}), AccountState(1000.0, 135.0, {"GOOG": 763.0}))
DIFFERING = Divergence(Tally(2, 2, 0), Tally(2, 2, 1), Tally(9, 9, 8), 0.01, FIRST, STATES)


def content(divergence, refused=()):
    tree = None if divergence is None else divergence.tree()
    return {
        "engines": ["kernel", "zipline"],
        "tolerance": {"units": 0.0, "money": 1e-9},
        "refused": list(refused),
        "divergence": tree,
    }


def test_agreement_is_a_sentence_and_a_table():
    box = parity_box(content(AGREEING))
    assert (
        box.sentence
        == "kernel and zipline agree order for order; equity differs by at most 3.0e-16 of the largest so far."
    )
    assert box.rows == [("orders", 2, 2, 0), ("fills", 2, 2, 0), ("bars", 9, 9, 0)]
    assert (box.lines, box.tolerance) == ([], "1e-09")


def test_a_difference_shows_the_first_one_and_both_accounts():
    box = parity_box(content(DIFFERING))
    assert box.sentence.startswith(
        "kernel and zipline differ; equity differs by at most 1.0e-02 of the largest so far."
    )
    assert box.lines == [
        "first difference: bar closing 1970-01-02 00:00:00 UTC: GOOG fill: units: kernel 764.0, zipline 763.0",
        "  kernel at the close of that bar: equity 1000.0, cash 5.0, holds GOOG 764.0",
        "  zipline at the close of that bar: equity 1000.0, cash 135.0, holds GOOG 763.0",
    ]


def test_a_refusal_says_what_cannot_be_done():
    box = parity_box(content(None, ["the universe has no bars"]))
    assert (box.sentence, box.lines) == ("The engine zipline cannot run this spec:", ["the universe has no bars"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (content(AGREEING), "equal"),
        (content(DIFFERING), "differ"),
        (content(None, ["no"]), "refused"),
        ({}, "not held"),
    ],
)
def test_one_word_says_how_it_stands(given, expected):
    assert word(given) == expected
