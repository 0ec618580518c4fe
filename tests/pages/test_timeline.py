import numpy as np
import pyarrow as pa

from enerqis.core.tables import BARS, INSTANT
from enerqis.pages.timeline import Timeline, figures, steps

HOUR = 3_600_000_000_000


def bars_of(opens, closes, sessions):
    count = len(opens)
    stamps = [pa.array([each * HOUR for each in hours], pa.int64()).cast(INSTANT) for hours in (opens, closes)]
    session = pa.array(sessions, pa.int32()).cast(pa.date32())
    return pa.table([["X"] * count, *stamps, session, *[[1.0] * count] * 6, [0.0] * count, [None] * count], schema=BARS)


def test_bars_that_are_sessions_stand_on_their_dates():
    timeline = Timeline(bars_of([14, 38], [21, 45], [0, 1]))
    assert timeline.is_daily
    assert timeline.of_closes(np.array([21, 45]) * HOUR).tolist() == [0, 86_400]
    assert timeline.of_fills(np.array([14, 38]) * HOUR, np.array([21, 45]) * HOUR).tolist() == [0, 86_400]
    assert timeline.text(86_400) == "1970-01-02"


def test_where_the_market_never_closes_a_fill_belongs_to_the_day_of_its_bar():
    timeline = Timeline(bars_of([0, 24], [24, 48], [0, 1]))
    assert timeline.of_closes(np.array([24]) * HOUR).tolist() == [0]
    # inside the first bar and at the open of the second: one instant
    assert timeline.of_fills(np.array([24, 24]) * HOUR, np.array([24, 48]) * HOUR).tolist() == [0, 86_400]


def test_shorter_bars_stand_at_their_instants():
    timeline = Timeline(bars_of([0, 1], [1, 2], [0, 0]))
    assert not timeline.is_daily
    assert timeline.of_closes(np.array([1, 2]) * HOUR).tolist() == [3600, 7200]
    assert timeline.text(3600) == "1970-01-01 01:00"


def test_series_are_written_short_and_without_what_json_lacks():
    assert steps(np.array([100, 160, 190])) == [100, 60, 30]
    assert figures(np.array([1.0, 0.123456789, np.nan, -0.0, 1e20])) == [1, 0.123457, None, 0, 10**20]
