"""K, the spread of Sharpe ratios, and how many ideas trials were."""

import base64
import math
from datetime import date

import numpy as np
import pytest

from enerqis.quant.deflation import deflated_sharpe
from enerqis.quant.return_moments import Moments
from enerqis.quant.signatures import correlations_of
from enerqis.quant.track import track_of
from enerqis.quant.trial_count import Figures, count_trials, effective_count

DRAWN = np.random.default_rng(3)


def _text(returns):
    return base64.b64encode(np.asarray(returns).astype("<f2").tobytes()).decode()


def _figures(number, mean, *, std=0.01, periods_per_year=252.0, signature=""):
    return Figures(f"{number:064x}", Moments(500, mean, std, 0.0, 3.0, periods_per_year), signature)


def test_failed_trials_count_in_k_and_not_in_the_variance():
    trials = [_figures(1, 0.001), _figures(2, 0.002), _figures(3, 0.003), Figures("f" * 64, None, "")]
    found = count_trials(trials, periods_per_year=252.0)
    assert (found.count, found.evaluated) == (4, 3)
    assert found.sharpes.period_variance == pytest.approx(0.01)  # ratios 0.1, 0.2, 0.3


def test_the_best_of_many_that_failed_is_deflated_by_what_chance_would_show():
    failed = [Figures(f"{number:064x}", None, "") for number in range(100, 199)]
    own = _figures(1, 0.0015)
    found = count_trials([*failed, own], periods_per_year=252.0)
    assert found.sharpes.period_variance == pytest.approx(1.0 / 499.0)  # of a ratio of 500 returns without skill
    # 0.15 a session over 500 sessions is 3.3 deviations, the best of 100 is expected at 2.53
    assert found.deflated_sharpe(track_of(own.moments)) == pytest.approx(0.79, abs=0.01)
    hourly = own._replace(moments=own.moments._replace(periods=8000, periods_per_year=252.0 * 16))
    assert count_trials([*failed, hourly], periods_per_year=252.0).sharpes.period_variance == pytest.approx(
        16.0 / 7999.0
    )


def test_many_variants_of_one_idea_do_not_make_the_best_of_few_look_like_skill():
    ideas = DRAWN.normal(size=(10, 64)) * 0.01
    best = [_figures(n, n / 8000.0, signature=_text(each)) for n, each in enumerate(ideas)]
    copies = [
        _figures(1000 + n, 0.0005, signature=_text(ideas[4] + DRAWN.normal(size=64) * 0.0002)) for n in range(500)
    ]
    track = track_of(best[-1].moments)
    ten = count_trials(best, periods_per_year=252.0)
    padded = count_trials([*copies, *best], periods_per_year=252.0)
    assert (padded.count, padded.effective) == (510, 10)
    assert deflated_sharpe(track, padded.sharpes) > 0.98 > deflated_sharpe(track, ten.sharpes)
    assert padded.deflated_sharpe(track) == pytest.approx(ten.deflated_sharpe(track), abs=0.01)


def test_evaluated_trials_without_a_signature_are_known_to_be_unclustered():
    with_one = _figures(3, 0.003, signature=_text(DRAWN.normal(size=64)))
    trials = [_figures(1, 0.001), _figures(2, 0.002), Figures("f" * 64, None, ""), with_one]
    assert count_trials(trials, periods_per_year=252.0).unlike == 2


def test_one_key_counts_once_with_its_last_figures():
    trials = [_figures(1, 0.001), _figures(2, 0.002), _figures(1, 0.004)]
    found = count_trials(trials, periods_per_year=252.0)
    assert found.count == 2
    assert found.sharpes.period_variance == pytest.approx(0.02)  # ratios 0.4, 0.2


def test_ratios_of_other_periods_are_turned_into_the_one_asked_for():
    hourly, daily = _figures(1, 0.001, periods_per_year=252.0 * 16), _figures(2, 0.004)
    found = count_trials([hourly, daily], periods_per_year=252.0)
    assert found.sharpes.period_variance == pytest.approx(0.0)  # 0.1 an hour is 0.4 a day of 16 hours


def test_the_trial_that_is_looked_at_knows_how_many_are_better():
    others = [_figures(1, 0.001), _figures(2, 0.005), _figures(3, 0.004), Figures("f" * 64, None, "")]
    assert count_trials([*others, _figures(4, 0.003)], periods_per_year=252.0).better == 2
    assert count_trials([*others, _figures(4, 0.006)], periods_per_year=252.0).better == 0


def test_a_trial_that_never_moved_has_no_ratio():
    flat = Figures("a" * 64, Moments(500, 0.0, 0.0, math.nan, math.nan, 252.0), "")
    assert count_trials([flat], periods_per_year=252.0).evaluated == 0


def test_correlations_are_numpys_over_the_blocks_that_both_have():
    returns = DRAWN.normal(size=(6, 64)) * 0.02
    returns[:3, :10] = np.nan
    returns[5, 60:] = np.nan
    texts = [_text(each) for each in returns]
    found = correlations_of(texts, texts)
    exact = returns.astype("<f2").astype(float)
    for one in range(6):
        for other in range(6):
            both = np.isfinite(exact[one]) & np.isfinite(exact[other])
            assert found[one, other] == pytest.approx(
                np.corrcoef(exact[one, both], exact[other, both])[0, 1], abs=1e-12
            )


def test_constant_returns_and_too_few_shared_blocks_correlate_with_nothing():
    early, late = np.full((2, 64), np.nan)
    early[:36], late[29:] = DRAWN.normal(size=36), DRAWN.normal(size=35)
    constant = np.full(64, 0.01)
    texts = [_text(each) for each in (early, late, constant)]
    found = correlations_of(texts, texts)
    assert found[0, 1] == found[0, 2] == found[1, 2] == 0.0


def test_near_copies_are_one_idea_and_independent_trials_are_many():
    ideas = DRAWN.normal(size=(7, 64))
    copies = np.repeat(ideas, 20, axis=0) + 0.2 * DRAWN.normal(size=(140, 64))
    assert effective_count([_text(each) for each in copies * 0.01]) == 7
    assert effective_count([_text(each) for each in DRAWN.normal(size=(60, 64))]) == 60
    assert effective_count([]) == 0


def test_a_trial_without_returns_is_an_idea_of_its_own():
    text = _text(DRAWN.normal(size=64))
    assert effective_count([text, text, "", ""]) == 3


def test_more_trials_than_are_clustered_join_the_ideas_that_they_go_with(monkeypatch):
    monkeypatch.setattr("enerqis.quant.trial_count.MOST_CLUSTERED", 50)
    ideas = DRAWN.normal(size=(5, 64))
    copies = np.repeat(ideas, 40, axis=0) + 0.2 * DRAWN.normal(size=(200, 64))
    assert effective_count([_text(each) for each in copies * 0.01]) == 5
    independent = DRAWN.normal(size=(170, 64))  # four times as many as are looked at together
    assert effective_count([_text(each) for each in independent * 0.01]) == 170


def test_each_other_trial_counts_on_its_earliest_day_also_where_its_last_figures_have_none():
    early, late = date(2026, 11, 27), date(2026, 12, 1)
    one, two, own = _figures(1, 0.001), _figures(2, 0.002), _figures(3, 0.003)
    trials = [one._replace(recorded=late), one._replace(recorded=early), one, two._replace(recorded=late)]
    found = count_trials([*trials, own._replace(recorded=early), _figures(4, 0.001), own], periods_per_year=252.0)
    assert (found.count, found.days) == (4, ((early, 1), (late, 1)))
