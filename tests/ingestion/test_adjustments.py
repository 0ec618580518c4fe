"""Splits and dividends read off an adjusted close, worked by hand from the conventions of the sources."""

from datetime import date

import numpy as np
import pytest

from enerqis.ingestion.adjustments import declared_events, events_from_adjusted_close, no_events, split_factor_of
from enerqis.spec.dataset import Adjustments, Dividend, Split

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
        (2.04, 1.0),
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


def test_bars_without_an_adjusted_close_tell_nothing_and_the_year_before_is_remembered():
    close, adjusted = np.array([99.0, 50.0]), np.array([np.nan, 50.0])
    assert events_from_adjusted_close(close, adjusted, BOTH, before=(100.0, 50.0)).split_factor.tolist() == [1.0, 2.0]
    assert events_from_adjusted_close(close, adjusted, BOTH, before=None).split_factor.tolist() == [1.0, 1.0]


def test_a_declared_event_counts_at_the_next_session_present_and_only_once():
    days = np.array([18_690, 18_692, 18_693])  # 2021-03-04, -06, -07
    adjustments = Adjustments(
        splits=(Split(symbol="X", session=date(2021, 3, 5), factor=3.0),),
        dividends=(Dividend(symbol="Y", session=date(2021, 3, 6), amount=1.0),),
    )
    found = declared_events("X", days, adjustments, no_events(3), after_day=None)
    assert (found.split_factor.tolist(), found.dividend.tolist()) == ([1.0, 3.0, 1.0], [0.0] * 3)
    later = declared_events("X", days[1:], adjustments, no_events(2), after_day=18_692 - 1)
    assert later.split_factor.tolist() == [1.0, 1.0]
    between_years = declared_events("X", days[1:], adjustments, no_events(2), after_day=18_690)
    assert between_years.split_factor.tolist() == [3.0, 1.0]
