"""The store: finished results only, found again, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from enerqis.io.store import RECEIPT_FILE, Store


def _fill(store: Store, text: str) -> None:
    with store.create("backtest", "abc") as folder:
        (folder / RECEIPT_FILE).write_text(text, encoding="utf-8")


def test_an_entry_is_there_only_when_it_was_finished(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(KeyboardInterrupt), store.create("backtest", "abc") as folder:
        (folder / "orders.parquet").touch()
        raise KeyboardInterrupt
    assert not store.has("backtest", "abc")
    _fill(store, "{}")
    assert store.has("backtest", "abc")
    assert store.entries() == [("backtest", "abc")]


def test_files_of_an_entry_are_read_only(tmp_path: Path) -> None:
    store = Store(tmp_path)
    _fill(store, "{}")
    assert (store.entry("backtest", "abc") / RECEIPT_FILE).stat().st_mode & 0o777 == 0o444
