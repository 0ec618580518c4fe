from datetime import date

import numpy as np
import pytest

from enerqis.quant.returns import compounded, growth, monthly_returns, on_every_session, session_returns, sessions_of


def days(*dates):
    return np.array([(each - date(1970, 1, 1)).days for each in dates])


def test_the_session_of_an_instant_is_that_of_the_last_closed_bar():
    found = sessions_of(np.array([5, 10, 15, 20]), bar_ts=np.array([20, 10]), bar_session=np.array([2, 1]))
    assert found.tolist() == [1, 1, 1, 2]


def test_without_bars_an_instant_has_no_session():
    with pytest.raises(ValueError, match="no bars"):
        sessions_of(np.array([1]), bar_ts=np.array([], np.int64), bar_session=np.array([], np.int64))


def test_a_session_returns_what_its_last_bar_made_of_the_last_bar_of_the_session_before():
    sessions, returns = session_returns(
        np.array([101.0, 110.0, 100.0, 99.0, 198.0]), np.array([1, 1, 2, 2, 5]), initial=100.0
    )
    assert sessions.tolist() == [1, 2, 5]
    assert returns == pytest.approx([0.10, -0.10, 1.0])


def test_after_all_is_lost_nothing_returns():
    _, returns = session_returns(np.array([0.0, 0.0, -5.0]), np.array([1, 2, 3]), initial=100.0)
    assert returns.tolist() == [-1.0, 0.0, 0.0]


def test_no_rows_have_no_returns():
    sessions, returns = session_returns(np.array([]), np.array([], np.int64), initial=1.0)
    assert len(sessions) == len(returns) == 0


def test_growth_and_compounding_agree_by_hand():
    returns = np.array([0.5, -0.5, 0.2])
    assert growth(returns) == pytest.approx([1.5, 0.75, 0.9])
    assert compounded(returns) == pytest.approx(-0.1)
    assert compounded(np.array([])) == 0.0


def test_returns_compound_within_a_calendar_month_and_empty_months_are_absent():
    sessions = days(date(1970, 1, 30), date(1970, 1, 31), date(1970, 2, 1), date(1971, 1, 1))
    months, returns = monthly_returns(sessions, np.array([0.1, 0.1, -0.5, 0.0]))
    assert months.tolist() == [0, 1, 12]
    assert returns == pytest.approx([0.21, -0.5, 0.0])


def test_no_sessions_have_no_months():
    months, returns = monthly_returns(np.array([], np.int64), np.array([]))
    assert len(months) == len(returns) == 0


def test_a_session_without_bars_returns_nothing_and_still_counts():
    weekdays = np.array([4, 7, 8, 9, 10, 11, 14])
    sessions, returns = on_every_session(np.array([7, 8, 11]), np.array([0.01, -0.02, 0.03]), weekdays)
    assert sessions.tolist() == [7, 8, 9, 10, 11]
    assert returns.tolist() == [0.01, -0.02, 0.0, 0.0, 0.03]


def test_a_session_that_the_calendar_does_not_know_keeps_its_return():
    sessions, returns = on_every_session(np.array([7, 9]), np.array([0.01, 0.02]), np.array([7, 8, 10]))
    assert sessions.tolist() == [7, 8, 9]
    assert returns.tolist() == [0.01, 0.0, 0.02]
