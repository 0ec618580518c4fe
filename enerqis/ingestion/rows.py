"""Rules that look at one row: rows of text in, bars out, refused rows named. The first rule that refuses a row names it."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.errors import DataError
from enerqis.ingestion.bars import PRICES, Bars
from enerqis.ingestion.numbers import parse_numbers
from enerqis.ingestion.stamps import Stamps, parse_stamps
from enerqis.interfaces.connector import Rows
from enerqis.io.calendars import Sessions, sessions
from enerqis.spec.dataset import Dataset

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROW_RULES = (
    "stamp",
    "ambiguous_time",
    "nonexistent_time",
    "number",
    "missing",
    "nonpositive_price",
    "negative_volume",
    "ohlc",
    "off_tick",
    "zero_volume",
    "off_grid",
    "weekend_fill",
    "outside_session",
)
"""Rules in the order they run; a row is named by the first that refuses it."""

MINUTE_NS = 60_000_000_000
DAY_NS = 1440 * MINUTE_NS
TICK_TOLERANCE = 1e-6


@dataclass(frozen=True)
class RowResult:
    """What became of some rows.

    Parameters
    ----------
    bars : Bars
        Rows that every rule let pass, in the order of the file.
    refused : ndarray of shape (n_refused,), int64
        Positions in `table` of the others.
    rules : tuple of str, of length n_refused
        The rule that refused each.
    table : pyarrow.Table
        The selected rows as received.
    rows : ndarray of int64
        Row number of each row of `table`.
    not_selected : int
        Rows of symbols that the dataset does not name.
    noted : Counter
        Rows kept although a rule found them, by rule.
    fixed : Counter
        Rows mended, by rule.
    """

    bars: Bars
    refused: npt.NDArray[np.int64]
    rules: tuple[str, ...]
    table: pa.Table
    rows: Ints
    not_selected: int
    noted: Counter[str]
    fixed: Counter[str]


class RowRules:
    """The rules of one dataset, ready to be applied batch by batch.

    Parameters
    ----------
    dataset : Dataset
    """

    def __init__(self, dataset: Dataset[Any]) -> None:
        self._dataset = dataset
        by_source = {source: name for source, name in dataset.rename.items() if name in dataset.symbols}
        renamed = set(by_source.values())
        by_source.update({symbol: symbol for symbol in dataset.symbols if symbol not in renamed})
        self._spellings = pa.array(list(by_source), pa.string())
        self._codes = np.array([dataset.symbols.index(name) for name in by_source.values()], dtype=np.int16)

    def apply(self, rows: Rows, source: str) -> RowResult:
        """Turn rows into bars.

        Raises
        ------
        DataError
            If a declared column is missing.
        """
        code = self._symbol_codes(rows, source)
        table, numbers, selected = rows.table, rows.numbers, code >= 0
        if not selected.all():
            table, numbers, code = table.filter(pa.array(selected)), numbers[selected], code[selected]
        found = _Findings(len(code))
        values = self._numbers(table, source, found)
        ts_open, ts, session = self._times(table, source, found, values)
        kept = found.refusal < 0
        bars = Bars(
            code=code,
            ts_open=ts_open,
            ts=ts,
            session=session,
            **values,
            file=np.full(len(code), rows.file, dtype=np.int16),
            row=numbers,
        )
        refused = np.flatnonzero(~kept)
        return RowResult(
            bars=bars if not len(refused) else bars.take(kept),
            refused=refused,
            rules=tuple(ROW_RULES[index] for index in found.refusal[refused]),
            table=table,
            rows=numbers,
            not_selected=int(len(selected) - len(code)),
            noted=found.noted(),
            fixed=found.fixed(),
        )

    def _symbol_codes(self, rows: Rows, source: str) -> npt.NDArray[np.int16]:
        """Return the index of each row's symbol, -1 where the dataset does not name it."""
        name = self._dataset.columns.symbol
        if name is None:
            if rows.symbol is None and len(self._dataset.symbols) > 1:
                raise DataError(
                    f"{source}: which of the {len(self._dataset.symbols)} symbols is this? Name columns.symbol, or the "
                    "file's symbol in connector.files"
                )
            symbol = rows.symbol or self._dataset.symbols[0]
            position = pc.index(self._spellings, symbol).as_py()
            code = self._codes[position] if position >= 0 else np.int16(-1)
            return np.full(rows.table.num_rows, code, dtype=np.int16)
        spelled = _column(rows.table, name, source).cast(pa.string())
        positions = np.asarray(pc.fill_null(pc.index_in(spelled, value_set=self._spellings), -1), dtype=np.int64)
        return np.append(self._codes, np.int16(-1))[positions]

    def _numbers(self, table: pa.Table, source: str, found: _Findings) -> dict[str, Floats]:
        """Return prices and volume after the rules over values."""
        dataset, rules = self._dataset, self._dataset.rules
        values: dict[str, Floats] = {}
        malformed = np.zeros(table.num_rows, dtype=bool)
        scales = dict.fromkeys((*PRICES, "adjusted_close"), dataset.numbers.price_scale) | {
            "volume": dataset.numbers.volume_scale
        }
        for field, scale in scales.items():
            name = getattr(dataset.columns, field)
            if name is not None:
                column = _column(table, name, source)
                values[field], is_malformed = parse_numbers(column, dataset.numbers, scale=scale)
                malformed |= is_malformed
        if dataset.columns.is_close_only:
            values |= dict.fromkeys(PRICES, values["close"])
        values.setdefault("volume", np.zeros(table.num_rows))
        values.setdefault("adjusted_close", np.full(table.num_rows, np.nan))
        found.refuse("number", malformed)
        self._missing(values, found)
        found.act("nonpositive_price", np.minimum(values["low"], values["close"]) <= 0.0, rules.nonpositive_price)
        found.refuse("negative_volume", values["volume"] < 0.0)
        self._high_and_low(values, found)
        self._ticks(values, found)
        if dataset.columns.volume is not None:
            found.act("zero_volume", values["volume"] == 0.0, rules.zero_volume)
        return values

    def _missing(self, values: dict[str, Floats], found: _Findings) -> None:
        no_close = np.isnan(values["close"])
        for field in ("open", "high", "low"):
            absent = np.isnan(values[field]) & ~no_close
            if absent.any() and self._dataset.rules.missing_price == "from_close":
                values[field] = np.where(absent, values["close"], values[field])
                found.fix("missing", absent)
            else:
                found.refuse("missing", absent)
        found.refuse("missing", no_close)
        absent = np.isnan(values["volume"]) & ~no_close
        if absent.any() and self._dataset.rules.missing_volume == "zero":
            values["volume"] = np.where(absent, 0.0, values["volume"])
            found.fix("missing", absent)
        else:
            found.refuse("missing", absent)

    def _high_and_low(self, values: dict[str, Floats], found: _Findings) -> None:
        if self._dataset.columns.is_close_only:
            return
        highest = np.maximum(values["open"], values["close"])
        lowest = np.minimum(values["open"], values["close"])
        broken = (values["high"] < np.maximum(highest, values["low"])) | (values["low"] > lowest)
        if broken.any() and self._dataset.rules.ohlc == "fix":
            high = np.maximum(np.maximum(highest, values["high"]), values["low"])
            low = np.minimum(np.minimum(lowest, values["low"]), values["high"])
            values["high"], values["low"] = high, low
            found.fix("ohlc", broken)
        else:
            found.act("ohlc", broken, self._dataset.rules.ohlc)

    def _ticks(self, values: dict[str, Floats], found: _Findings) -> None:
        tick = self._dataset.tick_size
        if tick == 0.0:
            return
        off = np.zeros(len(values["close"]), dtype=bool)
        rounded = {}
        for field in ("close",) if self._dataset.columns.is_close_only else PRICES:
            ticks = values[field] / tick
            nearest = np.rint(ticks)
            off |= np.abs(ticks - nearest) > TICK_TOLERANCE
            rounded[field] = nearest
        if off.any() and self._dataset.rules.off_tick == "fix":
            per_unit = np.rint(1.0 / tick)
            exact = bool(np.isclose(per_unit * tick, 1.0, rtol=1e-12))
            for field, nearest in rounded.items():
                values[field] = np.where(off, nearest / per_unit if exact else nearest * tick, values[field])
            found.fix("off_tick", off)
        else:
            found.act("off_tick", off, self._dataset.rules.off_tick)

    def _times(
        self, table: pa.Table, source: str, found: _Findings, values: dict[str, Floats]
    ) -> tuple[Ints, Ints, Ints]:
        """Return open, close and session of each bar after the rules over stamps."""
        stamp = self._dataset.stamp
        columns = [_column(table, name, source) for name in self._dataset.columns.stamp]
        stamps = parse_stamps(columns, stamp)
        found.refuse("stamp", stamps.is_malformed)
        ambiguous, skipped = stamps.is_ambiguous & ~stamps.is_malformed, stamps.is_skipped & ~stamps.is_malformed
        if self._dataset.is_daily:  # a date has no hour that clocks could change
            return self._daily(stamps, found, values)
        found.act("ambiguous_time", ambiguous, "reject" if stamp.ambiguous == "reject" else "keep")
        if stamp.nonexistent == "shift":
            found.fix("nonexistent_time", skipped)
        else:
            found.refuse("nonexistent_time", skipped)
        return self._intraday(stamps, found, values)

    def _daily(self, stamps: Stamps, found: _Findings, values: dict[str, Floats]) -> tuple[Ints, Ints, Ints]:
        back = 1 if self._dataset.stamp.at == "close" else 0
        days = (stamps.local - back) // DAY_NS
        calendar = self._sessions(days * DAY_NS, stamps.is_malformed)
        index = np.minimum(np.searchsorted(calendar.day, days), len(calendar.day) - 1)
        outside = (calendar.day[index] != days) & ~stamps.is_malformed
        self._outside(outside, found, values)
        return calendar.open[index], calendar.close[index], calendar.day[index]

    def _intraday(self, stamps: Stamps, found: _Findings, values: dict[str, Floats]) -> tuple[Ints, Ints, Ints]:
        length = self._dataset.frequency_ns
        ts_open = stamps.instant - (length if self._dataset.stamp.at == "close" else 0)
        off = (ts_open - self._dataset.stamp.grid_offset_minutes * MINUTE_NS) % length != 0
        found.act("off_grid", off & ~stamps.is_malformed, self._dataset.stamp.off_grid)
        calendar = self._sessions(ts_open, stamps.is_malformed)
        index = np.minimum(np.searchsorted(calendar.close, ts_open, side="right"), len(calendar.day) - 1)
        ts = ts_open + length
        outside = (calendar.open[index] >= ts) & ~stamps.is_malformed
        self._outside(outside, found, values)
        if calendar.has_hours:
            ts_open = np.where(outside, ts_open, np.maximum(ts_open, calendar.open[index]))
            ts = np.where(outside, ts, np.minimum(ts, calendar.close[index]))
        return ts_open, ts, calendar.day[index]

    def _outside(self, outside: Flags, found: _Findings, values: dict[str, Floats]) -> None:
        if not outside.any():
            return
        flat = (values["high"] == values["low"]) & (values["volume"] == 0.0)
        found.act("weekend_fill", outside & flat, self._dataset.rules.weekend_fill)
        action = "keep" if self._dataset.rules.outside_session == "next" else "reject"
        found.act("outside_session", outside, action)

    def _sessions(self, instants: Ints, is_malformed: Flags) -> Sessions:
        valid = instants[~is_malformed]
        bounds = (valid.min(), valid.max()) if len(valid) else (0, 0)
        first, last = (
            int(np.datetime64(int(each), "ns").astype("datetime64[Y]").astype(np.int64)) + 1970 for each in bounds
        )
        return sessions(self._dataset.calendar, first, last)


class _Findings:
    """The first rule that refused each row, and the rows that rules noted or mended."""

    def __init__(self, rows: int) -> None:
        self.refusal = np.full(rows, -1, dtype=np.int8)
        self._noted: list[tuple[str, Flags]] = []
        self._fixed: list[tuple[str, Flags]] = []

    def refuse(self, rule: str, found: Flags) -> None:
        if found.any():
            rank = ROW_RULES.index(rule)
            earlier = (self.refusal >= 0) & (self.refusal <= rank)
            self.refusal = np.where(found & ~earlier, np.int8(rank), self.refusal)

    def act(self, rule: str, found: Flags, action: str) -> None:
        if action == "reject":
            self.refuse(rule, found)
        elif found.any():
            self._noted.append((rule, found))

    def fix(self, rule: str, found: Flags) -> None:
        if found.any():
            self._fixed.append((rule, found))

    def noted(self) -> Counter[str]:
        """Count the rows that stayed although a rule found them."""
        return self._count(self._noted)

    def fixed(self) -> Counter[str]:
        """Count the rows that stayed mended."""
        return self._count(self._fixed)

    def _count(self, found: list[tuple[str, Flags]]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for rule, mask in found:
            counts[rule] += int(np.count_nonzero(mask & (self.refusal < 0)))
        return +counts


def _column(table: pa.Table, name: str, source: str) -> pa.ChunkedArray:
    if name in table.column_names:
        return table.column(name)
    near = difflib.get_close_matches(name, table.column_names, n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise DataError(f"{source}: no column '{name}'.{hint} The file has: {', '.join(table.column_names)}. Mend columns.")
