"""Rules over several rows, each on arrays written by hand."""

import numpy as np
import pytest

from enerqis.ingestion.bars import Bars
from enerqis.ingestion.series import SeriesState, bars_due, changed_steps, duplicates, in_order, went_back
from enerqis.io.calendars import sessions

HOUR = 3_600_000_000_000


def made(hours, closes=None):
    """One symbol's bars of an hour, opening at these hours."""
    opens = np.array(hours, dtype=np.int64) * HOUR
    price = np.array(closes if closes is not None else range(1, len(opens) + 1), dtype=float)
    return Bars(
        code=np.zeros(len(opens), dtype=np.int16),
        ts_open=opens,
        ts=opens + HOUR,
        session=opens // (24 * HOUR),
        open=price,
        high=price,
        low=price,
        close=price,
        volume=np.ones(len(opens)),
        spread=np.full(len(opens), np.nan),
        adjusted_close=np.full(len(opens), np.nan),
        file=np.zeros(len(opens), dtype=np.int16),
        row=np.arange(1, len(opens) + 1),
    )


def test_a_bar_went_back_if_any_of_its_symbol_before_it_opened_later():
    one = np.zeros(5, dtype=np.int16)
    assert went_back(one, np.array([3, 5, 4, 5, 6]), np.array([4])).tolist() == [True, False, True, False, False]
    assert went_back(one[:2], np.array([1, 2]), np.array([-9])).tolist() == [False, False]
    two, opens = np.array([1, 0, 1, 0, 1, 0, 1], dtype=np.int16), np.array([9, 2, 7, 3, 8, 1, 9])
    assert went_back(two, opens, np.array([0, 0])).tolist() == [False, False, True, False, True, True, False]


def test_bars_of_one_instant_stay_in_order_of_receipt():
    assert in_order(made([3, 1, 2])).close.tolist() == [2, 3, 1]
    ordered = in_order(made([2, 1, 2, 1]))
    assert ordered.row.tolist() == [2, 4, 1, 3]


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ("first", [False, True, True, False]),
        ("last", [True, True, False, False]),
        ("reject", [True, True, True, False]),
    ],
)
def test_of_bars_of_one_instant_the_rule_says_which_stays(rule, refused):
    found, differing = duplicates(made([1, 1, 1, 2], [5.0, 5.0, 6.0, 6.0]), rule)
    assert (found.tolist(), differing) == (refused, 1)


def test_four_coarse_steps_are_gaps_and_five_a_change_of_frequency():
    assert not changed_steps(made([0, 1, 3, 5, 7, 9, 10]), np.array([1, 2, 2, 2, 2, 1])).any()
    changed = changed_steps(made([0, 1, 3, 5, 7, 9, 11, 12]), np.array([1, 2, 2, 2, 2, 2, 1]))
    assert changed.tolist() == [False, False, True, True, True, True, True, False]


def test_bars_due_are_counted_by_the_calendar_an_early_close_included():
    calendar = sessions("XNYS", 2021, 2021)
    thanksgiving = np.array(["2021-11-24T14:30", "2021-11-26T14:30", "2021-11-29T14:30"], dtype="datetime64[ns]")
    due = bars_due(thanksgiving.astype(np.int64), calendar, HOUR)
    assert np.diff(due).tolist() == [7, 4]  # 9:30 to 16:00 by the hour, and on the Friday after to 13:00


def test_a_jump_is_counted_from_the_bar_before_also_over_the_turn_of_a_year():
    state = SeriesState()
    state.advance(made([0], [100.0]))
    state.count_jumps(made([1, 2, 3], [160.0, 80.0, 80.0]), np.array([1.0, 2.0, 1.0]), 0.5)
    assert (state.jump_count, state.jumps) == (1, [(2 * HOUR, pytest.approx(0.6))])
