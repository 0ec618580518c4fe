import pytest

from enerqis.pages.headline import key_figures, sentences, trial_sentence
from enerqis.pages.record import Record
from enerqis.quant.deflation import TrialSharpes
from enerqis.quant.trial_count import TrialCount

LONG, SHORT = Record("2010-01-04", "2015-01-18", 1268), Record("2019-01-02", "2019-04-18", 74)
MONEY = {"initial": 1000.0, "final": 2000.0, "benchmark": 3000.0, "currency": "EUR", "record": LONG}


@pytest.mark.parametrize(
    ("earned", "fell", "expected"),
    [
        (0.2, 0.1, "It earned more than buying and holding and fell less:"),
        (0.2, 0.4, "It earned more than buying and holding, but fell further:"),
        (0.1, 0.2, "It earned less than buying and holding, but fell less:"),
        (0.1, 0.4, "It earned less than buying and holding and fell further:"),
        (0.15, 0.3, "It did what buying and holding did:"),
    ],
)
def test_the_verdict_names_return_and_risk_against_buying_and_holding(earned, fell, expected):
    metrics = {"annual_return_fraction": earned, "max_drawdown_fraction": fell}
    benchmark = {"benchmark_annual_return_fraction": 0.15, "benchmark_max_drawdown_fraction": 0.3}
    assert sentences(metrics | benchmark, **MONEY)[1].startswith(expected)


def test_what_is_not_known_is_not_spoken_of():
    assert sentences({}, **MONEY) == [
        "1,000 EUR became 2,000 EUR in 5.0 years; bought and held, it would have become 3,000."
    ]
    assert key_figures({}) == []


@pytest.mark.parametrize(("carry", "said"), [(0.0, "Trading took"), (12.5, "Trading and holding took")])
def test_what_holding_cost_is_not_called_trading(carry, said):
    metrics = {"costs_of_initial_cash_fraction": 0.031, "carry_amount": carry}
    assert sentences(metrics, **MONEY)[-1] == f"{said} 3.1\N{NARROW NO-BREAK SPACE}% of the initial cash."


def test_a_run_without_closed_trades_says_so():
    (key,) = key_figures({"trades_count": 0.0})
    assert (key.text, key.beside) == ("0", "none closed")


def test_a_run_shorter_than_a_year_is_not_annualised():
    metrics = {"total_return_fraction": 0.1, "annual_return_fraction": 0.9, "max_drawdown_fraction": 0.2}
    benchmark = {f"benchmark_{key}": value / 2.0 for key, value in metrics.items()}
    found = sentences(metrics | benchmark, **(MONEY | {"record": SHORT}))
    text = found[1]
    assert "1,000 EUR became 2,000 EUR in 107 days;" in found[0]
    assert (
        found[2]
        == "Less than a year of record: figures a year are stretched from 2019-01-02 to 2019-04-18, 74 sessions."
    )
    assert [key.name for key in key_figures(metrics, SHORT)] == ["Return in all", "Worst fall"]
    assert [key.name for key in key_figures(metrics, LONG)] == ["Annual return", "Worst fall"]
    assert "10.0\N{NARROW NO-BREAK SPACE}% against 5.0\N{NARROW NO-BREAK SPACE}% in all" in text


def _counted(count, ideas, *, unlike=0):
    of_all, of_ideas = (TrialSharpes(count=each, period_variance=0.0) for each in (count, ideas))
    return TrialCount(of_all, of_ideas, count, unlike=unlike)


@pytest.mark.parametrize(
    ("count", "effective", "said"),
    [
        (1, 1, "No other config was recorded on these data."),
        (12, 5, "One of 12 configs tried on these data, of which 5 independent by return correlation."),
        (12, 1, "One of 12 configs tried on these data, of which 1 independent by return correlation."),
    ],
)
def test_it_is_said_of_how_many_trials_a_run_is_one(count, effective, said):
    trials = _counted(count, effective)
    assert trial_sentence(trials) == said


def test_trials_whose_returns_are_not_kept_make_the_number_of_independent_ones_a_bound():
    trials = _counted(12, 9, unlike=7)
    assert trial_sentence(trials).endswith(
        ", of which at most 9 independent by return correlation; the returns of 7 of them were not kept."
    )
    every = _counted(12, 12, unlike=11)
    assert trial_sentence(every) == "One of 12 configs tried on these data; the returns of 11 of them were not kept."


def test_nothing_is_said_of_trials_that_nobody_counted():
    assert trial_sentence(None) == ""
