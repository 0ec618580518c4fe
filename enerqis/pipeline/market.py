"""What stages read of an ingested dataset: the bars of a universe, as a panel with its features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from enerqis.engines.panel import panel_from_bars, series_from_rows
from enerqis.interfaces.engine import Panel
from enerqis.io.parquet import read_bars
from enerqis.pipeline import receipts
from enerqis.spec.universe import Universe

FEATURES_TABLE = "features.parquet"
"""What a strategy may read."""
LABELS_TABLE = "labels.parquet"
"""What it may not: values known only later than their bar."""


def load_bars(parquet: Path, universe: Universe) -> pa.Table:
    """Return the bars of a universe, symbol by symbol, by time."""
    return read_bars(parquet, universe.symbols, universe.start, universe.end)


def load_panel(parquet: Path, universe: Universe) -> Panel:
    """Return the panel of a universe, with the tick size that its dataset declares."""
    facts = receipts.read(parquet)["facts"]
    return panel_from_bars(load_bars(parquet, universe), universe.symbols, facts["tick_size"])


def dataset_span(parquet: Path) -> tuple[int, int]:
    """Return the first open and the last close of a dataset, UTC ns, all its symbols together."""
    facts = receipts.read(parquet)["facts"]
    first, last = (np.datetime64(facts[name].removesuffix("Z"), "ns") for name in ("first_ts_open", "last_ts"))
    return int(first.astype(np.int64)), int(last.astype(np.int64))


def with_features(panel: Panel, folder: Path) -> Panel:
    """Return `panel` with every column that the stage `features` computed."""
    table = pq.read_table(folder / FEATURES_TABLE)
    names = [name for name in table.column_names if name not in ("ts", "symbol")]
    return replace(panel, features={name: series_from_rows(panel, table, name) for name in names})
