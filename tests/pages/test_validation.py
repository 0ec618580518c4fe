import pyarrow as pa
import pytest

from enerqis.core.tables import PATHS
from enerqis.pages.validation import EMPTY, fan_series, validation_box
from enerqis.quant.deflation import TrialSharpes
from enerqis.quant.trial_count import TrialCount
from tests.pages.validated import CV, SEARCH, validation_of

TRIALS = TrialCount(
    sharpes=TrialSharpes(count=1250, period_variance=0.002),
    ideas=TrialSharpes(count=17, period_variance=0.002),
    evaluated=1249,
)
PERCENT = "\N{NARROW NO-BREAK SPACE}%"


def test_without_a_validation_there_is_no_section():
    assert validation_box({}, TRIALS) == EMPTY


def test_cards_show_the_trials_and_what_is_kept():
    cards = {
        card.name: (card.text, card.beside)
        for card in validation_box(validation_of(cv=CV, search=SEARCH), TRIALS).cards
    }
    assert cards["Probabilistic Sharpe"][0] == "0.98"
    assert cards["Deflated Sharpe"][1] == "1,250 trials, 17 independent"
    assert cards["Overfitting (PBO)"][0] == f"62{PERCENT}"
    assert cards["Kept out of sample"][0] == f"25{PERCENT}"
    assert cards["Kept by neighbours"][0] == f"73{PERCENT}"


def test_a_case_that_the_engine_refused_says_so():
    rows = {row.name: row.cells for row in validation_box(validation_of(), TRIALS).stress}
    assert rows["costs twice as high"] == [f"50.0{PERCENT}", f"20.0{PERCENT}", "1.10", f"10.0{PERCENT}"]
    assert rows["every fill one bar later"][0] == "refused"


def test_neighbours_are_tinted_by_what_is_lost():
    box = validation_box(validation_of(), TRIALS)
    assert box.steps == [f"\N{MINUS SIGN}10{PERCENT}", "as it is", f"+10{PERCENT}", f"+20{PERCENT}"]
    (row,) = box.neighbours
    # 1.15 of 1.2 is within a twentieth; 0.6 is half lost: the fourth tint
    assert [(cell.text, cell.tint) for cell in row.cells] == [
        ("1.15 (9)", ""),
        ("1.20", "whole"),
        ("0.60 (11)", "down4"),
        ("\N{EN DASH} (12)", ""),
    ]
    assert box.refused == "; 1 the strategy refuses"


def test_each_test_period_has_a_row_over_the_splits_that_test_it():
    rows = validation_box(validation_of(cv=CV), TRIALS).tests
    assert [row.name for row in rows] == ["2004-08-30 to 2004-10-09", "2004-10-10 to 2004-11-18"]
    assert rows[0].cells[:4] == ["2", "0.00", "\N{MINUS SIGN}1.00", "1.00"]
    assert rows[1].cells[0] == "1"


def test_the_histogram_tells_overfitted_splits_apart():
    box = validation_box(validation_of(search=SEARCH), TRIALS)
    assert [(bar.splits, bar.is_bad) for bar in box.histogram] == [(10, True), (52, True), (30, False), (8, False)]
    assert max(bar.length for bar in box.histogram) == 100.0
    assert "probability 0.31 (Hansen's SPA) or 0.44 (White's reality check)" in box.superiority
    never = {**SEARCH, "superiority": {"superior_ability": 0.0, "reality_check": 0.002, "draws": 500}}
    said = validation_box(validation_of(search=never), TRIALS).superiority
    assert "probability < 0.002 (Hansen's SPA) or 0.002 (White's reality check)" in said
    assert any("ends in the worse half on the other in 62" in sentence for sentence in box.sentences)


def test_regimes_stand_in_their_order():
    rows = validation_box(validation_of(), TRIALS).regimes
    assert [row.name for row in rows] == ["rising", "falling", "calm", "usual", "rough"]
    assert rows[2].cells == ["100", f"10.0{PERCENT}", "0.00", f"5.0{PERCENT}", "\N{EN DASH}"]


def test_the_fan_holds_quantiles_of_the_paths_and_the_run_from_there_on(content):
    fan = fan_series(content.paths, content.evidence)
    assert fan["count"] == 2
    assert {len(fan[name]) for name in ("t", "low", "quarter", "middle", "upper", "high", "run", "held")} == {100}
    assert fan["middle"][-1] == pytest.approx(1.5)
    assert fan["high"][-1] == pytest.approx(1.95)
    assert fan["run"][0] == pytest.approx(1.0 + content.evidence.returns[-100], rel=1e-5)
    assert fan_series(None, content.evidence) == {}


def test_paths_that_are_all_the_same_are_one(content):
    same = content.paths.filter(pa.compute.equal(content.paths.column("path"), 0))
    twice = pa.concat_tables([same, same.set_column(0, PATHS.field("path"), pa.array([1] * 100, pa.int64()))])
    assert fan_series(twice, content.evidence)["count"] == 1
    one = validation_box(validation_of(cv={**CV, "distinct_paths": 1}), TRIALS)
    assert one.paths_note == "One path: whatever the split, the same was traded in each test."


def test_leaks_are_shown_first_with_their_mend_and_what_could_not_be_seen_is_said():
    found = {
        "findings": [{"sentence": "feature x looks ahead. Usual mend: read back."}],
        "columns": 4,
        "blind": ["strategy y"],
        "refused": [],
        "cuts": 5,
    }
    box = validation_box(validation_of(leaks=found), TRIALS)
    assert (box.cards[0].name, box.cards[0].text) == ("Leaks", "1")
    assert box.leaks == ["feature x looks ahead. Usual mend: read back."]
    assert box.leaks_note.endswith("because they did not move at all: strategy y.")
    clean = validation_box(validation_of(), TRIALS)
    assert clean.leaks_note.startswith("With all later bars changed, nothing moved before any of")
    assert "in 4 columns" in clean.leaks_note
    assert clean.cards[0].name != "Leaks"
