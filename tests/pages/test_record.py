import numpy as np
import pytest

from enerqis.pages.record import Record


@pytest.mark.parametrize(
    ("first", "last", "days", "is_short"),
    [
        ("2019-01-02", "2019-12-31", 364, False),  # the sessions of one calendar year
        ("2019-01-02", "2019-12-24", 357, True),
        ("2024-01-02", "2024-03-28", 87, True),
    ],
)
def test_a_calendar_year_of_sessions_is_a_year_and_less_is_not(first, last, days, is_short):
    record = Record(first, last, 250)
    assert (record.days, record.is_short, bool(record.warning)) == (days, is_short, is_short)


def test_a_record_goes_from_its_first_to_its_last_session():
    record = Record.of(np.array([0, 1, 4]))
    assert record is not None
    assert record.period == "1970-01-01 to 1970-01-05, 3 sessions"
    assert Record.told({"record": record._asdict()}) == record
    assert Record.of(np.array([], dtype=np.int64)) is None
    assert Record.told({}) is None
