"""Prices and volumes of rows, and the rules over them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from enerqis.ingestion.bars import PRICES
from enerqis.ingestion.columns import named_column
from enerqis.ingestion.findings import Findings
from enerqis.ingestion.numbers import parse_numbers
from enerqis.spec.dataset import Dataset

Floats = npt.NDArray[np.float64]
Values = dict[str, Floats]

TICK_TOLERANCE = 1e-6
"""Share of a tick that a price may lie off the grid."""


def checked_values(table: pa.Table, source: str, dataset: Dataset[Any], found: Findings) -> Values:
    """Return prices, volume, spread and adjusted close of each row, mended as the dataset says; what rules say goes to `found`.

    Raises
    ------
    DataError
        If a declared column is missing.
    """
    values = _parsed(table, source, dataset, found)
    _missing(values, dataset, found)
    lowest = np.minimum(values["low"], values["close"])
    found.act("nonpositive_price", lowest <= 0.0, dataset.rules.nonpositive_price)
    found.refuse("negative_volume", values["volume"] < 0.0)
    _spreads(values, dataset, found)
    if not dataset.columns.is_close_only:
        _high_and_low(values, dataset, found)
    if dataset.tick_size > 0.0:
        _ticks(values, dataset, found)
    if dataset.columns.volume is not None:
        found.act("zero_volume", values["volume"] == 0.0, dataset.rules.zero_volume)
    return values


def _parsed(table: pa.Table, source: str, dataset: Dataset[Any], found: Findings) -> Values:
    values: Values = {}
    malformed = np.zeros(table.num_rows, dtype=bool)
    scales = dict.fromkeys((*PRICES, "spread", "adjusted_close"), dataset.numbers.price_scale)
    for field, scale in {**scales, "volume": dataset.numbers.volume_scale}.items():
        name = getattr(dataset.columns, field)
        if name is not None:
            column = named_column(table, name, source)
            values[field], is_malformed = parse_numbers(column, dataset.numbers, scale=scale)
            malformed |= is_malformed
    if dataset.columns.is_close_only:
        values |= dict.fromkeys(PRICES, values["close"])
    values.setdefault("volume", np.zeros(table.num_rows))
    for field in ("spread", "adjusted_close"):
        values.setdefault(field, np.full(table.num_rows, np.nan))
    found.refuse("number", malformed)
    return values


def _missing(values: Values, dataset: Dataset[Any], found: Findings) -> None:
    no_close = np.isnan(values["close"])
    by_close, by_zero = dataset.rules.missing_price == "from_close", dataset.rules.missing_volume == "zero"
    for field in ("open", "high", "low"):
        _fill(values, field, values["close"], found, except_where=no_close, is_mended=by_close)
    found.refuse("missing", no_close)
    _fill(values, "volume", np.zeros(len(no_close)), found, except_where=no_close, is_mended=by_zero)


def _fill(
    values: Values,
    field: str,
    filling: Floats,
    found: Findings,
    *,
    except_where: npt.NDArray[np.bool_],
    is_mended: bool,
) -> None:
    """Put `filling` where a field has no value, or refuse those rows."""
    absent = np.isnan(values[field]) & ~except_where
    if absent.any() and is_mended:
        values[field] = np.where(absent, filling, values[field])
        found.fix("missing", absent)
    else:
        found.refuse("missing", absent)


def _high_and_low(values: Values, dataset: Dataset[Any], found: Findings) -> None:
    highest = np.maximum(values["open"], values["close"])
    lowest = np.minimum(values["open"], values["close"])
    broken = (values["high"] < np.maximum(highest, values["low"])) | (values["low"] > lowest)
    if broken.any() and dataset.rules.ohlc == "fix":
        high = np.maximum(np.maximum(highest, values["high"]), values["low"])
        low = np.minimum(np.minimum(lowest, values["low"]), values["high"])
        values["high"], values["low"] = high, low
        found.fix("ohlc", broken)
    else:
        found.act("ohlc", broken, dataset.rules.ohlc)


def _spreads(values: Values, dataset: Dataset[Any], found: Findings) -> None:
    crossed = values["spread"] < 0.0
    if crossed.any() and dataset.rules.negative_spread == "missing":
        values["spread"] = np.where(crossed, np.nan, values["spread"])
        found.fix("negative_spread", crossed)
    else:
        found.act("negative_spread", crossed, dataset.rules.negative_spread)


def _ticks(values: Values, dataset: Dataset[Any], found: Findings) -> None:
    fields = ("close",) if dataset.columns.is_close_only else PRICES
    ticks = {field: values[field] / dataset.tick_size for field in fields}
    nearest = {field: np.rint(each) for field, each in ticks.items()}
    off = np.zeros(len(values["close"]), dtype=bool)
    for field in fields:
        off |= np.abs(ticks[field] - nearest[field]) > TICK_TOLERANCE
    if off.any() and dataset.rules.off_tick == "fix":
        for field in fields:
            values[field] = np.where(off, _on_ticks(nearest[field], dataset.tick_size), values[field])
        found.fix("off_tick", off)
    else:
        found.act("off_tick", off, dataset.rules.off_tick)


def _on_ticks(ticks: Floats, tick_size: float) -> Floats:
    """Return whole ticks as prices: divided where a whole number of ticks makes one, which rounds once."""
    per_unit = np.rint(1.0 / tick_size)
    if np.isclose(per_unit * tick_size, 1.0, rtol=1e-12):
        prices: Floats = ticks / per_unit
        return prices
    return ticks * tick_size
