"""The spread that a source quotes, on its way to the bars."""

from __future__ import annotations

from pathlib import Path

import pytest

from enerqis.connectors.synthetic import SyntheticParams, chunks
from enerqis.engines.panel import panel_from_bars
from tests.connectors.lean_data import lean_dataset, put_zip
from tests.ingestion.ingesting import ingested, ingested_text

HEADER = "ts,open,high,low,close,volume,ask_less_bid\n"
ROWS = (
    "2024-01-02 00:00,100,110,90,105,1,0.5",
    "2024-01-02 01:00,105,110,90,100,1,",
    "2024-01-02 02:00,100,110,90,105,1,-0.1",
    "2024-01-02 03:00,105,110,90,100,1,0.25",
)
TEXT = HEADER + "\n".join(ROWS) + "\n"
SPREAD = {"columns": {"spread": "ask_less_bid"}}


def test_a_spread_is_kept_and_one_below_zero_is_none(tmp_path: Path) -> None:
    found = ingested_text(tmp_path, TEXT, **SPREAD)
    assert found.bars().column("spread").to_pylist() == [0.5, None, None, 0.25]
    assert found.manifest.rules["negative_spread"].fixed == 1
    assert found.manifest.symbols["X"].spreads == 2


def test_or_the_row_is_rejected(tmp_path: Path) -> None:
    found = ingested_text(tmp_path, TEXT, **SPREAD, rules={"negative_spread": "reject"})
    assert found.bars().column("spread").to_pylist() == [0.5, None, 0.25]
    assert found.manifest.rules["negative_spread"].rejected == 1


def test_a_spread_is_in_the_unit_of_prices(tmp_path: Path) -> None:
    found = ingested_text(tmp_path, TEXT, **SPREAD, numbers={"price_scale": 10.0})
    assert found.bars().column("close").to_pylist()[0] == 10.5
    assert found.bars().column("spread").to_pylist() == [0.05, None, None, 0.025]


def test_a_coarser_bar_has_the_spread_at_its_close(tmp_path: Path) -> None:
    found = ingested_text(tmp_path, TEXT, **SPREAD, resample="2h")
    assert found.bars().column("spread").to_pylist() == [None, 0.25]


def test_a_source_without_spreads_has_none(tmp_path: Path) -> None:
    found = ingested_text(tmp_path, TEXT)
    assert found.bars().column("spread").null_count == 4
    assert found.manifest.symbols["X"].spreads == 0
    assert panel_from_bars(found.bars(), ["X"], 0.0).spread is None


def test_a_panel_has_the_spreads_that_there_are(tmp_path: Path) -> None:
    panel = panel_from_bars(ingested_text(tmp_path, TEXT, **SPREAD).bars(), ["X"], 0.0)
    assert panel.spread is not None
    assert panel.spread[:, 0] == pytest.approx([0.5, float("nan"), float("nan"), 0.25], nan_ok=True)


def test_quotes_of_lean_give_their_middle_and_their_spread(tmp_path: Path) -> None:
    # bid 1.1000 to 1.1010, ask 1.1002 to 1.1014 at the close
    line = "20240102 00:00,1.1,1.2,1.0,1.1010,5,1.1002,1.2002,1.0002,1.1014,6\n"
    put_zip(tmp_path / "lean", "forex/oanda/daily/eurusd.zip", {"eurusd.csv": line})
    quotes = {"security": "forex", "market": "oanda", "bars": "quote", "tickers": ["EURUSD"]}
    dataset = lean_dataset(
        quotes, symbols=["EURUSD"], calendar="24/5", numbers={}, columns={"volume": None, "spread": "spread"},
        stamp={"format": "%Y%m%d %H:%M", "time_zone": "UTC"},
    )  # fmt: skip
    found = ingested(dataset, tmp_path / "out", root=tmp_path)
    assert found.column("close") == [1.1012]
    assert found.column("spread") == [0.0004]


def test_made_up_spreads_leave_the_prices_as_they_are(tmp_path: Path) -> None:
    plain, quoted = ([*chunks(SyntheticParams(bars=500, spread_ticks=ticks))] for ticks in (0, 4))
    assert quoted[0].drop_columns("spread").equals(plain[0])
    ticks = [round(float(each) * 100) for each in quoted[0].column("spread").to_pylist()]
    assert set(ticks) == set(range(1, 8))
