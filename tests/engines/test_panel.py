"""Bars of several assets on one grid of instants, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from enerqis.core.errors import StageError
from enerqis.core.tables import BARS
from enerqis.engines.panel import panel_from_bars, rows_from_series, series_from_rows


def _bars(symbol: str, instants: list[tuple[int, int]], first_close: float) -> pa.Table:
    count = len(instants)
    closes = [first_close + step for step in range(count)]
    values: dict[str, Any] = {
        "symbol": [symbol] * count,
        "ts_open": [opened for opened, _ in instants],
        "ts": [closed for _, closed in instants],
        "session": list(range(count)),
        "open": closes,
        "high": closes,
        "low": closes,
        "close": closes,
        "volume": [1.0] * count,
        "split_factor": [1.0] * count,
        "dividend": [0.0] * count,
        "spread": [None] * count,
    }
    values["session"] = pa.array(values["session"], pa.int32())
    arrays = [pa.array(values[field.name]).cast(field.type) for field in BARS]
    return pa.Table.from_arrays(arrays, schema=BARS)


def _two() -> pa.Table:
    return pa.concat_tables([_bars("A", [(0, 10), (10, 20), (20, 30)], 1.0), _bars("B", [(0, 10), (20, 30)], 5.0)])


def test_assets_stand_on_the_union_of_their_instants_with_gaps_as_nan() -> None:
    panel = panel_from_bars(_two(), ["B", "A"], 0.5)
    assert panel.ts.tolist() == [10, 20, 30]
    np.testing.assert_array_equal(panel.close, [[5.0, 1.0], [np.nan, 2.0], [6.0, 3.0]])
    assert panel.ts_open.tolist() == [[0, 0], [-1, 10], [20, 20]]
    assert panel.split_factor[1, 0] == 1.0
    assert panel.dividend[1, 0] == 0.0
    assert panel.tick_size.tolist() == [0.5, 0.5]


def test_series_go_to_rows_and_back_without_a_change() -> None:
    panel = panel_from_bars(_two(), ["A", "B"], 0.0)
    rows = rows_from_series(panel, {"x.close": panel.close})
    assert rows.num_rows == 5
    np.testing.assert_array_equal(series_from_rows(panel, rows, "x.close"), panel.close)


def test_overlapping_bars_are_refused() -> None:
    with pytest.raises(StageError, match="A: bars overlap"):
        panel_from_bars(_bars("A", [(0, 10), (9, 20)], 1.0), ["A"], 0.0)


def test_a_symbol_without_bars_is_refused() -> None:
    with pytest.raises(StageError, match="C: no bar in the universe's period"):
        panel_from_bars(_two(), ["A", "C"], 0.0)
