import math
from dataclasses import replace

import pytest

from enerqis.pages.verdict import deflated, luck_sentence, probability, sentences, verdict_figures
from enerqis.quant.deflation import TrialSharpes
from enerqis.quant.trial_count import TrialCount
from tests.pages.validated import CV, SEARCH, validation_of

PUBLISHED = {
    "periods": 1250,
    "mean": 2.5 / 250**0.5 * 0.01,
    "std": 0.01,
    "skew": -3.0,
    "kurtosis": 10.0,
    "periods_per_year": 250.0,
}
"""The record of Bailey and Lopez de Prado (2014)."""


def trials(count, variance=0.5 / 250):
    return TrialCount(
        sharpes=TrialSharpes(count=count, period_variance=variance),
        ideas=TrialSharpes(count=min(3, count), period_variance=0.0),
        evaluated=count,
    )


def test_the_published_record_has_the_published_deflated_ratio():
    assert deflated(validation_of(PUBLISHED), trials(100)) == pytest.approx(0.900397, abs=5e-7)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "The only trial recorded on these data: nothing to deflate. Probabilistic Sharpe > 0.999: luck hardly"),
        (10, "The best of 10 trials on these data; deflated Sharpe 0.994: luck hardly explains it."),
        (100, "The best of 100 trials on these data; deflated Sharpe 0.90: luck may explain it."),
        (1_000_000, "The best of 1,000,000 trials on these data; deflated Sharpe 0.04: likely luck."),
    ],
)
def test_the_more_was_tried_the_more_is_luck(count, words):
    # the best of 10 is expected at 1.5746 deviations, of a million at 4.8699; each deviation is 0.0447 a day
    assert luck_sentence(validation_of(PUBLISHED), trials(count)).startswith(words)


def test_who_is_not_the_best_is_one_of_many():
    one = replace(trials(1250), better=7)
    assert luck_sentence(validation_of(PUBLISHED), one).startswith(
        "One of 1,250 trials on these data, 7 of them better;"
    )


def test_returns_that_do_not_vary_are_not_judged():
    flat = validation_of({**PUBLISHED, "std": 0.0, "skew": None, "kurtosis": None})
    assert math.isnan(deflated(flat, trials(5)))
    assert luck_sentence(flat, trials(5)) == "Its returns do not vary: there is nothing to judge."


def test_the_verdict_comes_first_and_what_does_not_exist_is_not_spoken_of():
    said = sentences(validation_of(PUBLISHED), trials(100))
    assert said[0].startswith("The best of 100 trials")
    assert said[1] == (
        "A ratio like this needs 442 sessions to be told from zero; there are 1,250. That it beats buying and holding has a "
        "probability of 0.42."
    )
    assert not any("out of sample" in sentence for sentence in said)
    hopeless = validation_of(PUBLISHED)
    hopeless["record"] |= {"minimum_track_record_sessions": None, "beats_benchmark_fraction": None}
    hopeless["neighbourhood"]["neighbour_share_fraction"] = None
    assert "No length of record would show a true ratio above zero." in sentences(hopeless, trials(2))
    assert not any("tenth off" in sentence for sentence in sentences(hopeless, trials(2)))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.99995, "> 0.999"), (0.0004, "< 0.001"), (0.9951, "0.995"), (0.31, "0.31"), (None, "\N{EN DASH}")],
)
def test_no_probability_is_shown_as_certain(value, text):
    assert probability(value) == text


@pytest.mark.parametrize("count", [1, 1250])
def test_a_loss_is_not_called_luck(count):
    said = luck_sentence(validation_of({**PUBLISHED, "mean": -0.0001}), trials(count))
    assert said.endswith(": its ratio is not above zero, and luck need not explain it.")


def test_three_good_days_are_no_record():
    short = validation_of({**PUBLISHED, "periods": 3, "skew": 0.0, "kurtosis": 1.5})
    assert sentences(short, trials(1))[0] == "3 sessions are too short a record to judge: 20 at least."
    figures = verdict_figures(short, trials(1))
    assert not {"deflated_sharpe_fraction", "probabilistic_sharpe_fraction"} & set(figures)
    assert not any("needs" in sentence for sentence in sentences(short, trials(1)))


def test_what_may_know_the_future_is_said_before_the_verdict():
    leaks = {"findings": [{"sentence": "feature x looks ahead."}], "columns": 4, "blind": [], "refused": [], "cuts": 5}
    assert sentences(validation_of(PUBLISHED, leaks=leaks), trials(100))[:2] == [
        "It may know the future (a leak was found): until that is mended, no figure here says anything.",
        luck_sentence(validation_of(PUBLISHED), trials(100)),
    ]


@pytest.mark.parametrize(
    ("number", "closed"), [(0, "no trade was"), (1, "one trade was"), (9, "9 trades were"), (10, "")]
)
def test_many_sessions_of_few_decisions_are_said_to_be_few_decisions(number, closed):
    found = validation_of(PUBLISHED)
    found["reordering"]["trades"] = number
    said = [sentence for sentence in sentences(found, trials(1)) if "decisions" in sentence]
    assert said == ([f"Only few decisions stand behind it: {closed} closed."] if closed else [])


@pytest.mark.parametrize(
    ("sessions", "needed", "said"),
    [
        (81, 2704.2, "81 sessions out of sample do not tell it from zero: a ratio like that needs 2,705."),
        (12, 2.2, "Out of sample are 12 sessions: too few to say anything."),
        (500, 441.3, ""),
    ],
)
def test_tests_that_are_too_short_to_say_anything_are_said_to_be(sessions, needed, said):
    cv = {**CV, "out_of_sample": {"sessions": sessions, "minimum_track_record_sessions": needed}}
    (found,) = (each for each in sentences(validation_of(PUBLISHED, cv=cv), trials(100)) if "in sample," in each)
    assert found.endswith(said or "below zero.")


def test_the_figures_of_a_verdict_are_those_of_the_page():
    found = verdict_figures(validation_of(PUBLISHED, cv=CV, search=SEARCH), trials(100))
    assert found["deflated_sharpe_fraction"] == pytest.approx(0.900397, abs=5e-7)
    assert (found["trials_count"], found["effective_trials_count"]) == (100.0, 3.0)
    assert (found["in_sample_sharpe_ratio"], found["out_of_sample_sharpe_ratio"]) == (2.0, 0.5)
    assert found["overfitting_fraction"] == 0.62
    plain = verdict_figures(validation_of(PUBLISHED), None)
    assert sorted(plain) == [
        "leak_findings_count",
        "neighbour_share_fraction",
        "probabilistic_sharpe_fraction",
    ]
    assert plain["leak_findings_count"] == 0.0
    assert verdict_figures({}, trials(3)) == {}


def test_trials_that_nobody_counted_are_not_called_returns_that_do_not_vary():
    assert luck_sentence(validation_of(PUBLISHED), None).startswith("Nobody counted the trials")


@pytest.mark.parametrize(
    ("multiple", "said"),
    [
        (2.34, "Costs 2.3 times as high would take all of it"),
        (0.6, "It earns before costs and loses after them: 60\N{NARROW NO-BREAK SPACE}% of them took all of it"),
    ],
)
def test_a_run_that_its_costs_made_a_loss_is_not_said_to_bear_them(multiple, said):
    found = validation_of(PUBLISHED)
    found["stress"]["break_even_cost_multiple"] = multiple
    assert any(sentence.startswith(said) for sentence in sentences(found, trials(2)))
