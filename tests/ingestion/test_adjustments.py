"""Splits and dividends read off an adjusted close, worked by hand from the conventions of the sources."""

import numpy as np
import pytest

from enerqis.ingestion.actions import Action
from enerqis.ingestion.adjustments import (
    Events,
    events_from_adjusted_close,
    no_events,
    split_factor_of,
    with_actions,
)
from enerqis.spec.dataset import Adjustments

BOTH = Adjustments(from_adjusted_close="splits_and_dividends")


@pytest.mark.parametrize(
    ("move", "factor"),
    [
        (2.0, 2.0),
        (1.992, 2.0),
        (1.5, 1.5),
        (0.1, 0.1),
        (7.0, 7.0),
        (1.25, 1.25),
        (1.19, 1.0),
        (0.84, 1.0),
        (2.25, 2.25),  # nine for four: a quarter more than two for one is no dividend
        (1.275, 9 / 7),  # not five for four with cash: that is no common split
        (44.0, 1.0),  # terms of more than forty together
    ],
)
def test_a_split_is_the_ratio_of_smallest_terms_within_a_hundredth(move, factor):
    assert split_factor_of(move) == factor


def test_a_split_two_for_one_halves_the_close_and_leaves_the_adjusted_one():
    events = events_from_adjusted_close(np.array([100.0, 50.0, 51.0]), np.array([50.0, 50.0, 51.0]), BOTH, before=None)
    assert (events.split_factor.tolist(), events.dividend.tolist()) == ([1.0, 2.0, 1.0], [0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("base", "adjusted"),
    [
        ("close_before", [40.0 * (1.0 - 0.5 / 40.0), 39.0]),  # CRSP: one less cash over the close before
        ("close_on_ex_date", [40.0 / (1.0 + 0.5 / 39.0), 39.0]),  # Quandl WIKI: cash over the close on the ex-date
    ],
)
def test_fifty_cents_are_found_by_either_convention(base, adjusted):
    adjustments = Adjustments(from_adjusted_close="splits_and_dividends", dividend_base=base)
    events = events_from_adjusted_close(np.array([40.0, 39.0]), np.array(adjusted), adjustments, before=None)
    assert (events.split_factor.tolist(), events.dividend.tolist()) == ([1.0, 1.0], [0.0, 0.5])


def test_a_split_with_cash_on_the_same_day_is_told_apart():
    adjusted = np.array([100.0 / 2.0 * (1.0 - 0.4 / 50.0), 49.0])  # two for one, then 0.40 on the new scale
    events = events_from_adjusted_close(np.array([100.0, 49.0]), adjusted, BOTH, before=None)
    assert (events.split_factor[1], events.dividend[1]) == (2.0, 0.4)


@pytest.mark.parametrize(
    ("before", "factor", "cash"),
    [(90.0, 3.0, 0.6), (90.0, 1.5, 1.8), (3.0, 0.1, 0.9)],
    ids=["three for one", "three for two", "one for ten"],
)
def test_a_dividend_of_some_percent_does_not_hide_a_common_split_of_its_day(before, factor, cash):
    """Cash of 2 or 3 % of the close before, both on the new scale (CRSP's convention)."""
    scaled = before / factor
    adjusted = np.array([scaled - cash, scaled])
    events = events_from_adjusted_close(np.array([before, scaled]), adjusted, BOTH, before=None)
    assert (events.split_factor[1], events.dividend[1]) == (factor, cash)


def test_bars_without_an_adjusted_close_tell_nothing_and_the_year_before_is_remembered():
    close, adjusted = np.array([99.0, 50.0]), np.array([np.nan, 50.0])
    assert events_from_adjusted_close(close, adjusted, BOTH, before=(100.0, 50.0)).split_factor.tolist() == [1.0, 2.0]
    assert events_from_adjusted_close(close, adjusted, BOTH, before=None).split_factor.tolist() == [1.0, 1.0]


def test_an_action_counts_at_the_next_session_present_and_only_once():
    days = np.array([18_690, 18_692, 18_693])  # 2021-03-04, -06, -07
    actions = (Action(18_691, 3.0, 0.0),)
    found, late = with_actions(no_events(3), actions, days, after_day=None)
    assert (found.split_factor.tolist(), found.dividend.tolist(), late) == ([1.0, 3.0, 1.0], [0.0] * 3, 1)
    later, late = with_actions(no_events(2), actions, days[1:], after_day=18_692 - 1)
    assert (later.split_factor.tolist(), late) == ([1.0, 1.0], 0)
    between_years, late = with_actions(no_events(2), actions, days[1:], after_day=18_690)
    assert (between_years.split_factor.tolist(), late) == ([3.0, 1.0], 1)


def test_an_action_replaces_what_was_found_on_its_bar():
    found = Events(np.array([1.0, 2.0]), np.array([0.5, 0.25]))
    replaced, late = with_actions(found, (Action(1, 3.0, 0.0),), np.array([0, 1]), after_day=None)
    assert (replaced.split_factor.tolist(), replaced.dividend.tolist(), late) == ([1.0, 3.0], [0.5, 0.25], 0)
