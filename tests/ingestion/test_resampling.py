"""Coarser bars: labels on the right, values worked out by hand."""

from pathlib import Path

from tests.ingestion.ingesting import ingested_text

HEADER = "ts,open,high,low,close,volume\n"


def quarter(stamp: str, open_: float, high: float, low: float, close: float, volume: int = 1) -> str:
    return f"{stamp},{open_},{high},{low},{close},{volume}\n"


def test_four_quarters_make_an_hour_that_is_known_at_its_end(tmp_path: Path) -> None:
    lines = HEADER
    lines += quarter("2021-03-01 00:00:00", 10, 12, 9, 11) + quarter("2021-03-01 00:15:00", 11, 13, 10, 12)
    lines += quarter("2021-03-01 00:30:00", 12, 12.5, 8, 9) + quarter("2021-03-01 00:45:00", 9, 10, 9, 9.5)
    lines += quarter("2021-03-01 01:15:00", 9.5, 9.75, 9.25, 9.5, 7) + quarter(
        "2021-03-01 01:45:00", 9.5, 9.5, 9.5, 9.5
    )
    result = ingested_text(tmp_path, lines, frequency="15min", resample="1h")
    rows = result.bars().select(["open", "high", "low", "close", "volume"]).to_pylist()
    assert [list(row.values()) for row in rows] == [[10, 13, 8, 9.5, 4], [9.5, 9.75, 9.25, 9.5, 8]]
    assert [f"{each:%H:%M}" for each in result.column("ts_open")] == ["00:00", "01:00"]
    assert [f"{each:%H:%M}" for each in result.column("ts")] == ["01:00", "02:00"]
    assert result.manifest.rows.merged == 4
    assert result.manifest.symbols["X"].bars == 2


def test_a_last_bar_cut_short_is_rejected(tmp_path: Path) -> None:
    lines = HEADER + "".join(
        quarter(f"2021-03-01 0{h}:{m}:00", 10, 10, 10, 10) for h, m in ((0, "00"), (0, "45"), (1, "00"))
    )
    result = ingested_text(tmp_path, lines, frequency="15min", resample="1h")
    assert [f"{each:%H:%M}" for each in result.column("ts")] == ["01:00"]
    assert result.rule("incomplete_bar") == (1, 0, 0)


def test_hours_of_an_exchange_start_at_its_open_and_end_at_its_close(tmp_path: Path) -> None:
    minutes = [9 * 60 + 30 + 30 * step for step in range(7)]  # 2012-07-03 closes at 13:00
    lines = HEADER + "".join(
        quarter(f"2012-07-03 {minute // 60:02}:{minute % 60:02}:00", 10, 10, 10, 10) for minute in minutes
    )
    stamp = {"time_zone": "America/New_York"}
    result = ingested_text(tmp_path, lines, frequency="30min", resample="1h", calendar="XNYS", stamp=stamp)
    assert [f"{each:%H:%M}" for each in result.column("ts_open")] == ["13:30", "14:30", "15:30", "16:30"]
    assert [f"{each:%H:%M}" for each in result.column("ts")] == ["14:30", "15:30", "16:30", "17:00"]


def test_a_day_is_one_bar_a_session(tmp_path: Path) -> None:
    lines = HEADER + quarter("2021-03-05 12:00:00", 10, 11, 9, 10) + quarter("2021-03-05 23:00:00", 10, 10, 10, 10)
    lines += quarter("2021-03-07 22:00:00", 20, 21, 19, 20) + quarter("2021-03-08 23:00:00", 20, 22, 20, 21)
    result = ingested_text(
        tmp_path, lines, frequency="1h", resample="1d", calendar="24/5", rules={"outside_session": "next"}
    )
    assert [str(each) for each in result.column("session")] == ["2021-03-05", "2021-03-08"]
    assert [str(each) for each in result.column("ts_open")] == [
        "2021-03-05 00:00:00+00:00",
        "2021-03-07 22:00:00+00:00",
    ]
    assert [str(each) for each in result.column("ts")] == ["2021-03-06 00:00:00+00:00", "2021-03-09 00:00:00+00:00"]
    assert result.column("high") == [11.0, 22.0]
