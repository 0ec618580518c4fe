import numpy as np
import pytest

from enerqis.quant.pauses import gap_rows

DAY = 86_400


def weekdays(count, start="2020-01-06"):
    """Dates from Monday to Friday, in seconds."""
    first = np.datetime64(start, "D")
    return np.busday_offset(first, np.arange(count)).astype(np.int64) * DAY


@pytest.mark.parametrize("count", [30, 260, 2600])
def test_weekends_and_single_holidays_are_no_gaps(count):
    days = weekdays(count)
    assert gap_rows(np.delete(days, np.arange(9, count, 65))).tolist() == []  # Fridays: four days to Monday's bar


@pytest.mark.parametrize("count", [30, 260, 2600])
def test_three_weeks_without_a_bar_are_a_gap(count):
    days = weekdays(count)
    assert gap_rows(np.delete(days, np.arange(10, 25))).tolist() == [10]


def test_a_market_that_never_pauses_has_a_gap_where_a_few_bars_are_missing():
    quarters = np.arange(4 * 24 * 365) * 900
    assert gap_rows(np.delete(quarters, [500, 9000, 9001, 9002])).tolist() == [8999]


def test_two_bars_have_no_usual_pause():
    assert gap_rows(np.array([0, 10**9])).tolist() == []
    assert gap_rows(np.zeros(0, dtype=np.int64)).tolist() == []
