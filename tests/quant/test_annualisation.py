from datetime import date

import pytest

from enerqis.quant.annualisation import rate_per_session, rate_per_year, sessions_per_year


def days(year, month, day):
    return (date(year, month, day) - date(1970, 1, 1)).days


def test_a_year_that_never_closes_has_a_session_a_day():
    count = days(2020, 12, 31) - days(2017, 1, 1) + 1
    per_year = sessions_per_year(count, first_day=days(2017, 1, 1), last_day=days(2020, 12, 31))
    assert per_year == pytest.approx(365.25)


def test_new_york_held_1259_sessions_in_the_five_years_from_2005():
    # 252, 251, 251, 253 and 252 by the exchange's own holiday lists; 2008 is the leap year among them
    per_year = sessions_per_year(1259, first_day=days(2005, 1, 1), last_day=days(2009, 12, 31))
    assert per_year == pytest.approx(1259 * 365.25 / 1826)


@pytest.mark.parametrize(("count", "last"), [(0, 10), (1, -1)])
def test_a_period_without_sessions_is_refused(count, last):
    with pytest.raises(ValueError, match="no sessions to count"):
        sessions_per_year(count, first_day=0, last_day=last)


def test_a_rate_per_session_compounds_to_the_yearly_rate():
    assert (1.0 + rate_per_session(0.05, 252.0)) ** 252 == pytest.approx(1.05)


def test_doubling_in_half_a_year_is_fourfold_in_a_year():
    assert rate_per_year(1.0, session_count=126, per_year=252.0) == pytest.approx(3.0)


@pytest.mark.parametrize("total", [-1.0, -1.2])
def test_who_loses_all_loses_all_a_year(total):
    assert rate_per_year(total, session_count=10, per_year=252.0) == -1.0
