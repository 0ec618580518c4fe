"""Made-up bars: reproducible, of the asked size, with the asked defects in the counts that ingestion finds."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from enerqis.connectors import synthetic
from enerqis.connectors.synthetic import SyntheticParams, fetch
from enerqis.spec.dataset import Dataset
from tests.ingestion.ingesting import ingested, shipped

GOLDEN = "929c7e8025f769b8cce7d81636c474dcbb94c9646b4f3bddf6e7d9b302fd4228"


def params(**changes: Any) -> SyntheticParams:
    return SyntheticParams.model_validate_json(json.dumps({"symbols": ["A", "B"], "bars": 3000, **changes}))


def lines(folder: Path, **changes: Any) -> list[dict[str, str]]:
    folder.mkdir(exist_ok=True)
    fetch(params(**changes), folder, folder)
    with (folder / synthetic.FILE).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_bytes_follow_from_the_seed(tmp_path: Path) -> None:
    digests = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        digests.append(fetch(params(seed=seed), tmp_path, tmp_path / name)[0].sha256)
    assert digests[0] == digests[1] != digests[2]


def test_the_bytes_are_the_same_on_every_machine(tmp_path: Path) -> None:
    # golden, our own output: integer arithmetic on PCG64 only; a change of it changes every synthetic dataset
    assert fetch(params(), tmp_path, tmp_path)[0].sha256 == GOLDEN


def test_symbols_are_interleaved_by_time(tmp_path: Path) -> None:
    rows = lines(tmp_path / "a")
    assert len(rows) == 6000
    assert [row["symbol"] for row in rows[:4]] == ["A", "B", "A", "B"]
    assert [row["ts"] for row in rows] == sorted(row["ts"] for row in rows)


def test_every_clean_bar_holds_together(tmp_path: Path) -> None:
    for row in lines(tmp_path / "a"):
        low, high = float(row["low"]), float(row["high"])
        assert 0 < low <= min(float(row["open"]), float(row["close"]))
        assert high >= max(float(row["open"]), float(row["close"]))


def test_a_bar_opens_where_the_one_before_closed_whatever_the_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "ROWS_PER_CHUNK", 500)
    of_a = [row for row in lines(tmp_path / "a") if row["symbol"] == "A"]
    assert [row["open"] for row in of_a[1:]] == [row["close"] for row in of_a[:-1]]


def test_a_regime_of_more_volatility_moves_more(tmp_path: Path) -> None:
    calm, wild = {"bars": 1000, "volatility_ticks": 2.0}, {"bars": 2000, "volatility_ticks": 40.0}
    rows = [row for row in lines(tmp_path / "a", regimes=[calm, wild]) if row["symbol"] == "A"]
    moves = [round(100 * (float(row["close"]) - float(row["open"]))) for row in rows]
    for part, volatility in ((moves[:1000], 2.0), (moves[1000:], 40.0)):
        mean = sum(part) / len(part)
        deviation = (sum((move - mean) ** 2 for move in part) / len(part)) ** 0.5
        assert deviation == pytest.approx(volatility, rel=0.1)


def test_a_shuffled_file_holds_the_same_rows(tmp_path: Path) -> None:
    first, second = lines(tmp_path / "a"), lines(tmp_path / "b", order="shuffled")
    assert first != second
    assert Counter(map(str, first)) == Counter(map(str, second))


def test_defects_are_found_and_counted(tmp_path: Path) -> None:
    dataset = shipped("synthetic_minute")
    result = ingested(dataset, tmp_path / "out")
    with (result.raw / synthetic.FILE).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    keys = Counter((row["ts"], row["symbol"]) for row in rows)
    bad = [row for row in rows if row["close"] in ("0", "") or row["high"] == "1"]
    spoiled = {(row["ts"], row["symbol"]) for row in bad}
    assert result.rule("nonpositive_price")[0] == sum(row["close"] == "0" for row in rows) > 0
    assert result.rule("missing")[0] == sum(row["close"] == "" for row in rows) > 0
    assert result.rule("ohlc")[0] == sum(row["high"] == "1" for row in rows) > 0
    assert result.rule("duplicates")[0] == sum(n - 1 for key, n in keys.items() if key not in spoiled) > 0
    assert result.manifest.rows.kept == len(keys.keys() - spoiled)
    missing = sum(quality.bars_missing for quality in result.manifest.symbols.values())
    assert missing == 3 * 5000 - result.manifest.rows.kept


def test_sorted_and_unsorted_input_give_the_same_bars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from enerqis.ingestion import spill

    monkeypatch.setattr(synthetic, "ROWS_PER_CHUNK", 5000)
    monkeypatch.setattr(spill.Spill.__init__, "__kwdefaults__", {"run_bars": 700})  # many runs on disk
    digests = set()
    for order in ("time", "shuffled"):
        connector = {"bars": 3000, "symbols": ["A", "B"], "order": order, "first_day": "2020-12-31"}
        spec = {"description": "x", "connector": connector, "symbols": ["B", "A"], "frequency": "1min"}
        columns = {"symbol": "symbol"}
        dataset = Dataset[SyntheticParams].model_validate_json(
            json.dumps({**spec, "calendar": "24/7", "columns": columns})
        )
        result = ingested(dataset, tmp_path / order)
        digests.add(result.manifest.data_sha256)
        assert not list(result.parquet.glob(".runs*"))
    assert len(digests) == 1
