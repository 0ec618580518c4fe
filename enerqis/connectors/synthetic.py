"""Made-up bars of any size from a seed: regimes, and on request gaps, bad ticks, duplicates and disorder.

Prices walk on whole ticks in integer arithmetic, so the bytes are the same on every machine. It is for tests, tours and
benchmarks, never for judging a strategy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from pydantic import Field

from enerqis.core.units import Fraction, Name
from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.delimited import read_text_table
from enerqis.io.hashing import file_digest
from enerqis.spec.base import Spec
from enerqis.spec.dataset import FREQUENCY, frequency_minutes
from enerqis.spec.tabular import Layout

Ints = npt.NDArray[np.int64]

FILE = "synthetic.csv"
ROWS_PER_CHUNK = 1 << 18
FLOOR_TICKS = 1_000
HEADER = b"ts,symbol,open,high,low,close,volume"
UNIFORMS = 12
UNIFORM_RANGE = 1 << 16


class Regime(Spec):
    """A stretch of bars with one drift and one volatility; regimes follow each other, again and again."""

    bars: int = Field(1_000, ge=1, description="bars that it lasts")
    drift_ticks: float = Field(0.0, ge=-1_000.0, le=1_000.0, description="mean change of the close a bar, ticks")
    volatility_ticks: float = Field(
        5.0, ge=0.0, le=10_000.0, description="standard deviation of the change of the close a bar, ticks"
    )


class SyntheticParams(ConnectorParams):
    """Write a CSV of made-up bars, symbols interleaved by time."""

    kind: Literal["synthetic"] = "synthetic"
    seed: int = Field(0, ge=0, le=2**32 - 1, description="seed of everything random")
    symbols: tuple[Name, ...] = Field(("SYN",), min_length=1, description="instruments")
    first_day: date = Field(date(2020, 1, 1), description="UTC day of the first bar, quoted")
    bars: int = Field(10_000, ge=1, le=10**10, description="bars of each symbol before gaps")
    frequency: str = Field("1min", pattern=FREQUENCY, description="length of a bar")
    first_price_ticks: int = Field(100_000, ge=FLOOR_TICKS, le=10**9, description="first price, ticks of 0.01")
    regimes: tuple[Regime, ...] = Field((Regime(),), min_length=1, description="regimes, in order")
    spread_ticks: int = Field(
        0, ge=0, le=10_000, description="mean of a column `spread`, ask less bid in ticks; 0 = there is no such column"
    )
    gap_fraction: Fraction = Field(0.0, description="share of bars left out")
    bad_tick_fraction: Fraction = Field(
        0.0,
        description="share of bars made wrong: in turn a close of zero, a high below the low, a close without value",
    )
    duplicate_fraction: Fraction = Field(0.0, description="share of bars written twice")
    order: Literal["time", "shuffled"] = Field("time", description="shuffled = rows in no order within large chunks")


def sources(params: SyntheticParams, root: Path) -> tuple[RawFile, ...]:  # noqa: ARG001  (the interface's signature)
    """Return nothing: the bytes follow from the Params."""
    return ()


def fetch(params: SyntheticParams, root: Path, raw: Path) -> tuple[RawFile, ...]:  # noqa: ARG001  (as above)
    """Write the bars as CSV, chunk by chunk."""
    path = raw / FILE
    with path.open("wb") as stream:
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
        stream.write(HEADER + (b",spread\n" if params.spread_ticks else b"\n"))
        for table in chunks(params):
            pyarrow.csv.write_csv(table, stream, options)
    return (RawFile(FILE, file_digest(path), path.stat().st_size, f"synthetic, seed {params.seed}"),)


def read(params: SyntheticParams, raw: Path, files: Sequence[RawFile]) -> Iterator[Rows]:  # noqa: ARG001  (as above)
    """Parse the file in `raw`."""
    for rows in read_text_table(raw / FILE, Layout(), name=files[0].source):
        yield Rows(0, None, *rows)


def chunks(params: SyntheticParams) -> Iterator[pa.Table]:
    """Yield rows as they are written: ts, symbol, open, high, low, close, volume, where asked spread."""
    random = np.random.Generator(np.random.PCG64(params.seed))
    mischief = np.random.Generator(
        np.random.PCG64([params.seed, 1])
    )  # of its own: defects leave the prices as they are
    quotes = np.random.Generator(np.random.PCG64([params.seed, 2]))
    count = len(params.symbols)
    last = np.full(count, params.first_price_ticks, dtype=np.int64)
    length = max(1, ROWS_PER_CHUNK // count)
    for start in range(0, params.bars, length):
        bars = np.arange(start, min(start + length, params.bars))
        walk = _walk(random, params, bars, last)
        last = walk[-1]
        table = _rows(random, params, bars, walk)
        if params.spread_ticks:
            spread = quotes.integers(1, 2 * params.spread_ticks, table.num_rows)
            table = table.append_column("spread", _price(spread))
        yield _spoiled(mischief, params, table)


def _walk(random: np.random.Generator, params: SyntheticParams, bars: Ints, last: Ints) -> Ints:
    """Return closes in ticks, shape (n_bars + 1, n_symbols); the first row is the close before."""
    volatility, drift = _by_regime(params, bars)
    bell = (
        random.integers(0, UNIFORM_RANGE, (len(bars), len(last), UNIFORMS)).sum(axis=2) - UNIFORMS * UNIFORM_RANGE // 2
    )
    steps = np.rint(bell / UNIFORM_RANGE * volatility[:, None] + drift[:, None]).astype(np.int64)
    free = np.concatenate([last[None, :], steps]).cumsum(axis=0)
    walk: Ints = FLOOR_TICKS + np.abs(free - FLOOR_TICKS)
    return walk


def _by_regime(params: SyntheticParams, bars: Ints) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return volatility and drift of each bar, ticks."""
    ends = np.cumsum([each.bars for each in params.regimes])
    index = np.searchsorted(ends, bars % ends[-1], side="right")
    volatility = np.array([each.volatility_ticks for each in params.regimes])
    drift = np.array([each.drift_ticks for each in params.regimes])
    return volatility[index], drift[index]


def _rows(random: np.random.Generator, params: SyntheticParams, bars: Ints, walk: Ints) -> pa.Table:
    count = len(params.symbols)
    opens, closes = walk[:-1].ravel(), walk[1:].ravel()
    reach = random.integers(0, 10, (2, len(opens)))
    highs, lows = np.maximum(opens, closes) + reach[0], np.minimum(opens, closes) - reach[1]
    volumes = random.integers(1, 10_000, len(opens))
    seconds = np.repeat(bars, count) * (frequency_minutes(params.frequency) * 60)
    stamps = np.datetime64(params.first_day, "s") + seconds.astype("timedelta64[s]")
    text = {name: _price(ticks) for name, ticks in (("open", opens), ("high", highs), ("low", lows), ("close", closes))}
    names = pa.array(params.symbols, pa.string())
    return pa.table(
        {
            "ts": pa.array(stamps).cast(pa.string()),
            "symbol": names.take(pa.array(np.tile(np.arange(count), len(bars)))),
            **text,
            "volume": pa.array(volumes).cast(pa.string()),
        }
    )


def _price(ticks: Ints) -> pa.Array:
    """Return ticks of 0.01 as text with two decimals, by integer arithmetic."""
    whole, cents = pa.array(ticks // 100).cast(pa.string()), pa.array(ticks % 100).cast(pa.string())
    return pc.binary_join_element_wise(whole, pc.utf8_lpad(cents, 2, "0"), ".")


def _spoiled(random: np.random.Generator, params: SyntheticParams, table: pa.Table) -> pa.Table:
    """Return the rows as they are written: some made wrong, left out, twice or out of order."""
    rows = table.num_rows
    if params.bad_tick_fraction:
        chosen = _chosen(random, rows, params.bad_tick_fraction)
        zero, broken, absent = (_mask(rows, chosen[kind::3]) for kind in range(3))
        close = pc.if_else(zero, "0", pc.if_else(absent, "", table.column("close")))
        high = pc.if_else(broken, "1", table.column("high"))
        table = table.set_column(3, "high", high).set_column(5, "close", close)
    return table.take(pa.array(_order(random, params, rows)))


def _order(random: np.random.Generator, params: SyntheticParams, rows: int) -> Ints:
    """Return which rows are written, in order: gaps left out, duplicates twice, shuffled where asked."""
    order = np.arange(rows)
    if params.gap_fraction:
        order = np.delete(order, _chosen(random, rows, params.gap_fraction))
    if params.duplicate_fraction:
        twice = order[_chosen(random, len(order), params.duplicate_fraction)]
        order = np.sort(np.concatenate([order, twice]), kind="stable")
    return random.permutation(order) if params.order == "shuffled" else order


def _chosen(random: np.random.Generator, rows: int, fraction: float) -> Ints:
    """Return sorted positions of a share of the rows."""
    return np.flatnonzero(random.integers(0, 1_000_000, rows) < round(fraction * 1_000_000))


def _mask(rows: int, positions: Ints) -> pa.Array:
    mask = np.zeros(rows, dtype=bool)
    mask[positions] = True
    return pa.array(mask)
