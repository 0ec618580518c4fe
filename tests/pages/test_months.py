from datetime import date

import numpy as np

from enerqis.pages.months import year_rows


def days(*dates):
    return np.array([(each - date(1970, 1, 1)).days for each in dates])


def test_months_years_and_the_benchmark_by_hand():
    sessions = days(date(2020, 1, 2), date(2020, 1, 3), date(2020, 3, 2), date(2021, 12, 1))
    rows = year_rows(sessions, np.array([0.1, 0.1, -0.5, 0.0001]), np.array([0.0, 0.0, 0.02, -0.01]))
    assert [row.year for row in rows] == [2020, 2021]
    assert [cell.text for cell in rows[0].months[:4]] == ["21.0", "", "\N{MINUS SIGN}50.0", ""]
    assert [cell.tint for cell in rows[0].months[:4]] == ["up4", "", "down4", ""]
    assert (rows[0].whole.text, rows[0].benchmark.text) == ("\N{MINUS SIGN}39.5", "2.0")
    assert (rows[1].months[11].text, rows[1].months[11].tint, rows[1].benchmark.tint) == ("0.0", "", "down1")


def test_no_sessions_have_no_rows():
    assert year_rows(np.array([], np.int64), np.array([]), np.array([])) == []
