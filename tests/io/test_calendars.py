"""Sessions. Expected days and hours come from the exchanges' published holidays."""

import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np

from enerqis.io.calendars import Sessions, sessions

HOUR_NS = 3_600_000_000_000


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def of(calendar: Sessions, text: str) -> tuple[str, str] | None:
    index = int(np.searchsorted(calendar.day, day(text)))
    if calendar.day[index] != day(text):
        return None
    ends = (calendar.open[index], calendar.close[index])
    opened, closed = (str(np.datetime64(int(each), "ns").astype("datetime64[m]"))[11:] for each in ends)
    return opened, closed


def test_new_york_keeps_its_holidays_early_closes_and_clocks() -> None:
    xnys = sessions("XNYS", 2012, 2012)
    assert of(xnys, "2012-07-03") == ("13:30", "17:00")  # the day before Independence Day
    assert of(xnys, "2012-07-04") is None
    assert of(xnys, "2012-10-29") is None  # hurricane Sandy
    assert of(xnys, "2012-01-03") == ("14:30", "21:00")
    assert xnys.has_hours


def test_days_without_hours_touch_each_other() -> None:
    always = sessions("24/7", 2020, 2020)
    assert not always.has_hours
    assert (always.close[:-1] == always.open[1:]).all()
    assert len(always.between(day("2020-01-01"), day("2020-12-31")).day) == 366


def test_weekdays_only() -> None:
    weekdays = sessions("24/5", 2021, 2021)
    assert of(weekdays, "2021-03-06") is None
    assert of(weekdays, "2021-03-05") == ("00:00", "00:00")
    assert int(np.max(weekdays.close - weekdays.open)) == 24 * HOUR_NS


def test_decades_join_without_a_seam() -> None:
    days = sessions("24/7", 2019, 2020).day
    assert (np.diff(days) == 1).all()
    assert days[0] <= day("2019-01-01")
    assert days[-1] >= day("2021-01-01")


PROGRAM = """
import numpy as np
from zoneinfo import ZoneInfo
from datetime import datetime
from enerqis.io.calendars import sessions
from enerqis.io.zones import to_instants
print(datetime(2021, 7, 1, tzinfo=ZoneInfo("America/New_York")).utcoffset())
clocks = np.array(["2021-07-01T09:30"], dtype="datetime64[ns]").astype(np.int64)
print(to_instants(clocks, "America/New_York", ambiguous="earliest")[0].astype("datetime64[ns]").astype("datetime64[m]")[0])
xnys = sessions("XNYS", 2021, 2021).between(18809, 18809)
print(*(each.astype("datetime64[ns]").astype("datetime64[m]")[0] for each in (xnys.open, xnys.close)))
"""


def test_sessions_do_not_depend_on_the_zone_files_of_the_system(tmp_path: Path) -> None:
    """A system whose New York keeps the clocks of Kolkata: +5:30 all year."""
    (tmp_path / "America").mkdir()
    kolkata = files("tzdata").joinpath("zoneinfo", "Asia", "Kolkata").read_bytes()
    (tmp_path / "America" / "New_York").write_bytes(kolkata)
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin", "PYTHONTZPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines() == ["5:30:00", "2021-07-01T13:30", "2021-07-01T13:30 2021-07-01T20:00"]
