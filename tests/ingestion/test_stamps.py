"""Stamps to instants: formats, zones, changes of clocks, sessions. Expected instants come from `datetime` and `zoneinfo`."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerqis.ingestion.stamps import parse_stamps
from enerqis.io.zones import to_instants, to_local
from enerqis.spec.dataset import Stamp
from tests.ingestion.ingesting import ingested_text

NEW_YORK = ZoneInfo("America/New_York")
HEADER = "ts,open,high,low,close,volume\n"


def parsed(*cells: str, **stamp: str) -> list[str | None]:
    """Instants as text, None where malformed."""
    column = pa.chunked_array([pa.array(cells)])
    found = parse_stamps([column], Stamp.model_validate(stamp))
    instants = np.asarray(found.instant).astype("datetime64[ns]").astype("datetime64[us]")
    return [None if bad else str(each) for each, bad in zip(instants, found.is_malformed, strict=True)]


@pytest.mark.parametrize(
    ("stamp_format", "cell", "instant"),
    [
        ("iso", "2021-03-01", "2021-03-01T00:00:00.000000"),
        ("iso", "2021-03-01T02:03", "2021-03-01T02:03:00.000000"),
        ("iso_offset", "2021-03-01 02:03:04.5+05:30", "2021-02-28T20:33:04.500000"),
        ("iso_offset", "2021-03-01T02:03:04Z", "2021-03-01T02:03:04.000000"),
        ("%d.%m.%Y %H:%M:%S.%f", "02.01.2017 03:04:05.250", "2017-01-02T03:04:05.250000"),
        ("%m/%d/%Y", "1/4/1999", "1999-01-04T00:00:00.000000"),
        ("%d/%m/%Y", "1/4/1999", "1999-04-01T00:00:00.000000"),
        ("%Y%m%d %H:%M", "20040819 09:30", "2004-08-19T09:30:00.000000"),
        ("%Y-%m-%d %H:%M %z", "2021-03-01 02:03 -0500", "2021-03-01T07:03:00.000000"),
        ("epoch_s", "1614564184", "2021-03-01T02:03:04.000000"),
        ("epoch_ms", "1614564184250", "2021-03-01T02:03:04.250000"),
    ],
)
def test_a_stamp_of_each_format(stamp_format: str, cell: str, instant: str) -> None:
    assert parsed(cell, format=stamp_format) == [instant]


@pytest.mark.parametrize(
    ("stamp_format", "cell"),
    [
        ("iso", "2021-02-29"),
        ("iso", "2021-03-01 24:00:00"),
        ("iso", "1850-03-01"),
        ("%d/%m/%Y", "12/31/1999"),
        ("%m/%d/%Y", "1/4/99"),
        ("epoch_s", "1614564184.5"),
        ("epoch_s", "99999999999999"),
    ],
)
def test_a_stamp_that_is_none_is_malformed(stamp_format: str, cell: str) -> None:
    good = {"iso": "2021-03-01", "%d/%m/%Y": "1/4/1999", "%m/%d/%Y": "1/4/1999", "epoch_s": "1"}[stamp_format]
    assert parsed(cell, good, format=stamp_format)[0] is None
    assert parsed(cell, good, format=stamp_format)[1] is not None


@settings(deadline=None)  # the first example builds the zone's table
@given(st.datetimes(datetime(1970, 1, 1), datetime(2090, 1, 1), allow_imaginary=True))
def test_wall_clocks_agree_with_zoneinfo(wall: datetime) -> None:
    wall = wall.replace(microsecond=0)
    local = np.array([np.datetime64(wall, "ns").astype(np.int64)])
    earliest = wall.replace(tzinfo=NEW_YORK, fold=0).astimezone(UTC)
    latest = wall.replace(tzinfo=NEW_YORK, fold=1).astimezone(UTC)
    exists = earliest.astimezone(NEW_YORK).replace(tzinfo=None) == wall
    instants, is_ambiguous, is_skipped = to_instants(local, "America/New_York", ambiguous="earliest")
    later, _, _ = to_instants(local, "America/New_York", ambiguous="latest")
    assert bool(is_skipped[0]) == (not exists)
    assert bool(is_ambiguous[0]) == (exists and earliest != latest)
    if exists:
        assert instants[0] == earliest.timestamp() * 1e9
        assert later[0] == latest.timestamp() * 1e9
        assert to_local(instants, "America/New_York")[0] == local[0]


def hours(*stamps: str) -> str:
    return HEADER + "".join(f"{stamp},10,11,9,10.5,100\n" for stamp in stamps)


@pytest.mark.parametrize(
    ("rule", "opens"),
    [("earliest", ["05:00"]), ("latest", ["06:00"]), ("reject", [])],
)
def test_an_hour_shown_twice(tmp_path: Path, rule: str, opens: list[str]) -> None:
    stamp = {"time_zone": "America/New_York", "ambiguous": rule}
    result = ingested_text(tmp_path, hours("2021-11-07 01:00:00", "2021-11-07 03:00:00"), stamp=stamp)
    assert [f"{each:%H:%M}" for each in result.column("ts_open")] == [*opens, "08:00"]
    assert sum(result.rule("ambiguous_time")) == 1


@pytest.mark.parametrize(("rule", "opens"), [("shift", ["06:00", "07:00"]), ("reject", ["06:00"])])
def test_an_hour_skipped(tmp_path: Path, rule: str, opens: list[str]) -> None:
    stamp = {"time_zone": "America/New_York", "nonexistent": rule}
    result = ingested_text(tmp_path, hours("2021-03-14 01:00:00", "2021-03-14 02:00:00"), stamp=stamp)
    assert [f"{each:%H:%M}" for each in result.column("ts_open")] == opens
    assert sum(result.rule("nonexistent_time")) == 1


def test_stamps_at_the_close_give_the_same_bars_as_stamps_at_the_open(tmp_path: Path) -> None:
    opens = ingested_text(tmp_path / "a", hours("2021-03-01 00:00:00", "2021-03-01 01:00:00"))
    closes = ingested_text(tmp_path / "b", hours("2021-03-01 01:00:00", "2021-03-01 02:00:00"), stamp={"at": "close"})
    assert opens.manifest.data_sha256 == closes.manifest.data_sha256


def test_a_daily_stamp_at_midnight_of_the_close_is_the_day_before(tmp_path: Path) -> None:
    result = ingested_text(tmp_path, hours("2021-03-02 00:00"), frequency="1d", stamp={"at": "close"})
    assert [str(each) for each in result.column("session")] == ["2021-03-01"]


@pytest.mark.parametrize(("stamp_format", "cell"), [("iso", "2021-03-02"), ("%d/%m/%Y", "02/03/2021")])
@pytest.mark.parametrize("end", ["open", "close"])
def test_a_date_without_a_time_names_its_session_whichever_end_is_stamped(
    tmp_path: Path, stamp_format: str, cell: str, end: str
) -> None:
    stamp = {"format": stamp_format, "at": end}
    result = ingested_text(tmp_path, hours(cell), frequency="1d", calendar="XNYS", stamp=stamp)
    assert [str(each) for each in result.column("session")] == ["2021-03-02"]
    assert str(result.column("ts")[0]) == "2021-03-02 21:00:00+00:00"


def test_date_and_time_may_stand_in_two_columns(tmp_path: Path) -> None:
    lines = "d,t,open,high,low,close,volume\n2021.03.01,02:00,10,11,9,10.5,100\n"
    stamp = {"format": "%Y.%m.%d %H:%M"}
    result = ingested_text(tmp_path, lines, columns={"stamp": ["d", "t"]}, stamp=stamp)
    assert str(result.column("ts_open")[0]) == "2021-03-01 02:00:00+00:00"


def test_the_last_bar_of_a_short_session_ends_at_its_close(tmp_path: Path) -> None:
    stamps = [f"2012-07-03 {hour:02}:00:00" for hour in (9, 10, 11, 12)]  # closes at 13:00; hour bars from 9:00
    stamp = {"time_zone": "America/New_York"}
    result = ingested_text(tmp_path, hours(*stamps, "2012-07-03 13:00:00"), calendar="XNYS", stamp=stamp)
    assert str(result.column("ts_open")[0]) == "2012-07-03 13:30:00+00:00"
    assert str(result.column("ts")[-1]) == "2012-07-03 17:00:00+00:00"
    assert [each["rule"] for each in result.rejected()] == ["outside_session"]


@pytest.mark.parametrize("day", ["2021-01-05", "2021-07-06"])
def test_bars_of_two_hours_lie_on_one_grid_in_winter_and_summer(tmp_path: Path, day: str) -> None:
    """From 9:30 of New York, 90 minutes after an even hour: 9:30, 11:30, 13:30, and 15:30 to the close."""
    result = ingested_text(
        tmp_path,
        hours(f"{day} 09:30", f"{day} 11:30", f"{day} 13:30", f"{day} 15:30"),
        frequency="2h",
        calendar="XNYS",
        stamp={"time_zone": "America/New_York", "grid_offset_minutes": 90},
    )
    closes = [each.astimezone(NEW_YORK).strftime("%H:%M") for each in result.column("ts")]
    assert closes == ["11:30", "13:30", "15:30", "16:00"]
    assert result.rejected() == []


@pytest.mark.parametrize(
    ("offset", "stamps", "last"),
    [
        (30, ["2012-07-05 14:30", "2012-07-05 15:30", "2012-07-05 16:00"], "15:30 16:00"),
        (30, ["2012-07-03 11:30", "2012-07-03 12:30", "2012-07-03 13:00"], "12:30 13:00"),
        (30, ["2012-07-05 14:30", "2012-07-05 15:30", "2012-07-05 16:30"], "15:30 16:00"),
        (0, ["2012-07-05 14:00", "2012-07-05 15:00", "2012-07-05 16:00"], "15:00 16:00"),
    ],
    ids=["cut", "cut-by-an-early-close", "stamped-after-the-close", "whole-hours"],
)
def test_a_last_bar_stamped_at_the_close_opens_where_the_bar_before_ends(
    tmp_path: Path, offset: int, stamps: list[str], last: str
) -> None:
    result = ingested_text(
        tmp_path,
        hours(*stamps),
        calendar="XNYS",
        stamp={"time_zone": "America/New_York", "grid_offset_minutes": offset, "at": "close"},
    )
    bars = zip(result.column("ts_open"), result.column("ts"), strict=True)
    found = [" ".join(each.astimezone(NEW_YORK).strftime("%H:%M") for each in bar) for bar in bars]
    assert found[-1] == last
    assert result.rejected() == []
    assert found[-2][-5:] == found[-1][:5]
