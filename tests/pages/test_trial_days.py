"""K over time says what is known of the days, and no more."""

from dataclasses import replace
from datetime import date
from itertools import accumulate

import pytest

from enerqis.pages.trial_days import days_sentence, days_series, elsewhere_sentence
from enerqis.quant.deflation import TrialSharpes
from enerqis.quant.trial_count import Elsewhere, TrialCount

FIRST, LATER = date(2026, 11, 27), date(2026, 12, 1)


def _counted(count, *days):
    sharpes = TrialSharpes(count=count, period_variance=0.002)
    return TrialCount(sharpes=sharpes, ideas=sharpes, evaluated=count, days=days)


@pytest.mark.parametrize(
    ("trials", "said"),
    [
        (None, ""),
        (_counted(1), ""),
        (_counted(366), "366 trials; of the others no day is recorded."),
        (_counted(366, (FIRST, 365)), "366 trials: this one, and 365 recorded on 2026-11-27."),
        (
            _counted(366, (FIRST, 300)),
            "366 trials: this one, 300 recorded on 2026-11-27, and 65 without a day, counted from the beginning.",
        ),
        (
            _counted(1366, (FIRST, 365), (LATER, 1000)),
            "1,366 trials: this one, and 1,365 recorded on 2 days from 2026-11-27 to 2026-12-01.",
        ),
    ],
)
def test_words_say_when_the_trials_were_recorded(trials, said):
    assert days_sentence(trials) == said


def test_the_line_begins_with_the_trials_without_a_day_and_ends_at_k():
    series = days_series(_counted(20, (FIRST, 4), (LATER, 10)))
    assert series["count"] == [6, 10, 20]
    # 2026-11-26 is day 20,783 since 1970-01-01
    assert [each // 86_400 for each in accumulate(series["t"])] == [20_783, 20_784, 20_788]


def test_one_day_and_none_are_no_line():
    assert days_series(_counted(20, (FIRST, 19))) == days_series(_counted(20)) == days_series(None) == {}


@pytest.mark.parametrize(
    ("elsewhere", "said"),
    [
        (Elsewhere(), ""),
        (Elsewhere(1, 1), "1 more trial stands on another content of this dataset, such as"),
        (Elsewhere(1369, 3), "1,369 more trials stand on 3 other contents of this dataset, such as"),
    ],
)
def test_trials_on_other_contents_of_the_dataset_are_told_beside_k(elsewhere, said):
    found = elsewhere_sentence(replace(_counted(1), elsewhere=elsewhere))
    assert found.startswith(said)
    assert bool(found) == bool(elsewhere.trials)
    assert elsewhere_sentence(None) == ""
