"""Places in a data folder of QuantConnect/Lean, as its own repository has them under ``Data/``."""

from pathlib import Path

import pytest

from enerqis.core.errors import DataError
from enerqis.io.lean_folder import Copies, Shelf, present
from enerqis.io.raw import RawFile


@pytest.mark.parametrize(
    ("shelf", "ticker", "place"),
    [
        (Shelf("equity", "usa", "daily", "trade"), "AAPL", "equity/usa/daily/aapl.zip"),
        (Shelf("equity", "usa", "hour", "trade"), "AAPL", "equity/usa/hour/aapl.zip"),
        (Shelf("forex", "oanda", "daily", "quote"), "EURUSD", "forex/oanda/daily/eurusd.zip"),
        (Shelf("crypto", "coinbase", "daily", "trade"), "BTCUSD", "crypto/coinbase/daily/btcusd_trade.zip"),
        (Shelf("future", "comex", "daily", "quote"), "GC", "future/comex/daily/gc_quote.zip"),
    ],
)
def test_archives_lie_by_security_market_and_resolution(shelf: Shelf, ticker: str, place: str) -> None:
    assert shelf.archive(ticker) == place


def test_records_lie_beside_the_resolutions() -> None:
    shelf = Shelf("equity", "usa", "hour", "trade")
    assert shelf.map_file("GOOG") == "equity/usa/map_files/goog.csv"
    assert shelf.factor_file("GOOG") == "equity/usa/factor_files/goog.csv"


def test_copies_are_found_by_their_place(tmp_path: Path) -> None:
    files = [
        RawFile(name, "0" * 64, 1, f"data/lean/{place}")
        for name, place in (("1_x.csv", "a/x.csv"), ("2_x.csv", "b/x.csv"))
    ]
    copies = Copies("data/lean", tmp_path, files)
    assert (copies.index("b/x.csv"), copies.path("b/x.csv")) == (1, tmp_path / "2_x.csv")
    assert (copies.name("a/x.csv"), "a/y.csv" in copies) == ("data/lean/a/x.csv", False)


def test_an_absent_file_is_refused_with_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(
        DataError,
        match=r"lean/a/x\.csv: no such file in the project\. Its folder is missing or empty\. Fetch it, or wait",
    ):
        present(tmp_path, "a/x.csv", root="lean", advice="wait")
    (tmp_path / "a/x.csv").touch()
    assert present(tmp_path, "a/x.csv", root="lean", advice="wait") == "a/x.csv"
