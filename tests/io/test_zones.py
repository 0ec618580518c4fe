"""Clocks of zones against `zoneinfo`, instant by instant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerqis.io.zones import to_instants, to_local

SECOND = 1_000_000_000
ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo")
seconds = st.integers(min_value=-2_000_000_000, max_value=4_000_000_000)


def wall_clock(second, zone):
    """Seconds since 1970-01-01 00:00 of that clock, by zoneinfo."""
    shown = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).astimezone(ZoneInfo(zone))
    return round((shown.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


@settings(deadline=None)  # the first look at a zone finds its changes
@given(seconds, st.sampled_from(ZONES))
def test_a_clock_shows_what_zoneinfo_says(second, zone):
    assert to_local(np.array([second * SECOND]), zone)[0] == wall_clock(second, zone) * SECOND


@settings(deadline=None)  # the first look at a zone finds its changes
@given(seconds, st.sampled_from(ZONES))
def test_a_clock_is_read_back_to_its_instant_or_to_the_other_one_that_shows_the_same(second, zone):
    local = np.array([wall_clock(second, zone) * SECOND])
    found = [to_instants(local, zone, ambiguous=each) for each in ("earliest", "latest")]
    assert second * SECOND in [instants[0] for instants, _, _ in found]
    assert all(not is_skipped[0] for _, _, is_skipped in found)
    assert found[0][1][0] == (found[0][0][0] != found[1][0][0])


@pytest.mark.parametrize(
    ("clock", "earliest", "latest"),
    [
        ("2021-11-07T01:30", "2021-11-07T05:30", "2021-11-07T06:30"),  # shown twice
        ("2021-11-07T00:59", "2021-11-07T04:59", "2021-11-07T04:59"),
        ("2021-11-07T02:00", "2021-11-07T07:00", "2021-11-07T07:00"),
        ("2021-03-14T02:30", "2021-03-14T07:00", "2021-03-14T07:00"),  # never shown: the change itself
        ("2021-03-14T03:00", "2021-03-14T07:00", "2021-03-14T07:00"),
    ],
)
def test_new_york_around_its_changes(clock, earliest, latest):
    local = np.array([clock], dtype="datetime64[ns]").astype(np.int64)
    for ambiguous, expected in (("earliest", earliest), ("latest", latest)):
        instants, is_ambiguous, is_skipped = to_instants(local, "America/New_York", ambiguous=ambiguous)
        assert instants.astype("datetime64[ns]")[0] == np.datetime64(expected)
        assert (is_ambiguous[0], is_skipped[0]) == (clock.endswith("01:30"), clock.endswith("02:30"))
