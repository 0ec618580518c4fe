"""Small data folders in the format of QuantConnect/Lean, written by tests."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from enerqis.connectors.lean_zip import LeanZipParams, fetch, read
from enerqis.interfaces.connector import Rows
from enerqis.spec.dataset import Dataset

DAILY = "equity/usa/daily"
FACTORS = "equity/usa/factor_files"
MAPS = "equity/usa/map_files"


def put_text(folder: Path, place: str, text: str) -> None:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def put_zip(folder: Path, place: str, members: dict[str, str]) -> None:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def trade_bars(*stamps: str, price: int = 100_000) -> str:
    """Lines of trade bars at one price, in units of 1 / 10,000."""
    stamps = tuple(each if " " in each else f"{each} 00:00" for each in stamps)
    return "".join(f"{stamp},{price},{price},{price},{price},100\n" for stamp in stamps)


def put_equity(folder: Path, ticker: str, text: str, *, factors: str = "", tickers: str = "") -> None:
    """One ticker with its daily bars, factor file (default: nothing happens) and map file (default: never renamed)."""
    put_zip(folder, f"{DAILY}/{ticker}.zip", {f"{ticker}.csv": text})
    put_text(folder, f"{FACTORS}/{ticker}.csv", factors or "19980102,1,1,1\n20501231,1,1,0\n")
    put_text(folder, f"{MAPS}/{ticker}.csv", tickers or f"19980102,{ticker},Q\n20501231,{ticker},Q\n")


def lean_params(**changes: Any) -> LeanZipParams:
    spec = {"root": "lean", "security": "equity", "market": "usa", "resolution": "daily", "tickers": ["ABC"]}
    return LeanZipParams.model_validate_json(json.dumps({**spec, **changes}))


def lean_rows(project: Path, params: LeanZipParams) -> list[Rows]:
    """Fetch into ``project/raw`` and read."""
    raw = project / "raw"
    raw.mkdir()
    return list(read(params, raw, fetch(params, project, raw)))


def lean_dataset(connector: dict[str, Any], **changes: Any) -> Dataset[LeanZipParams]:
    """A dataset of daily US equities with actions; `changes` replace keys of it."""
    plain = {"root": "lean", "security": "equity", "market": "usa", "resolution": "daily", "tickers": ["ABC"]}
    spec: dict[str, Any] = {
        "description": "made in a test",
        "connector": {**plain, **connector},
        "symbols": ["ABC"],
        "frequency": "1d",
        "calendar": "XNYS",
        "columns": {"split_factor": "split_factor", "dividend": "dividend"},
        "stamp": {"format": "%Y%m%d %H:%M", "time_zone": "America/New_York"},
        "numbers": {"price_scale": 10_000.0},
    }
    return Dataset[LeanZipParams].model_validate_json(json.dumps({**spec, **changes}))
