"""Data folders of QuantConnect/Lean: zipped CSV without header; for equities with map files (renames) and factor files.

Lean keeps a security's history under the ticker of the day: QQQ's bars of December 2004 to March 2011 are in ``qqqq.zip``, and
what ``goog.zip`` holds before 2014-04-03 is another security. The map file says which days of which archive are meant; the
other rows are given under a name of their own, so that they are counted. Not for minute bars, ticks, options, open interest or
continuous futures.

References
----------
QuantConnect/Lean, ``Data/equity/readme.md``, ``Data/forex/readme.md``, ``Data/crypto/readme.md``, ``Data/future/readme.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from enerqis.core.errors import DataError
from enerqis.core.units import Sha256
from enerqis.interfaces.connector import ConnectorParams, RawFile, Rows
from enerqis.io.delimited import TextRows
from enerqis.io.lean_actions import Action, WaitingActions, sessions_after
from enerqis.io.lean_bars import read_archive
from enerqis.io.lean_folder import Copies, Shelf, present
from enerqis.io.lean_records import Stretch, read_factor_file, read_map_file
from enerqis.io.raw import Origin, described, received
from enerqis.quant.factor_ratios import changes_between
from enerqis.spec.tabular import InsidePath

Ints = npt.NDArray[np.int64]

EQUITY_PRICE_SCALE = 10_000.0
"""Equity prices are integers in units of 1 / 10,000."""

CASH_DECIMALS = 6
"""Decimals of cash in that unit: those of the factor file and two more."""

LAST_DAY = 99_991_231

EXPIRY = r"_(\d{6}|\d{8})\.csv$"
"""Last part of the name of a contract's file: its month, or its last day."""

Ticker = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]{0,31}$")]


class LeanZipParams(ConnectorParams):
    """Read a data folder of QuantConnect/Lean that lies in the project."""

    kind: Literal["lean_zip"] = "lean_zip"
    root: InsidePath = Field(description="folder in the project that holds equity/, forex/, crypto/ or future/")
    security: Literal["equity", "forex", "crypto", "future"] = Field(description="what is traded")
    market: str = Field(pattern=r"^[a-z0-9]+$", description="folder of the market, such as usa, oanda, coinbase, comex")
    resolution: Literal["daily", "hour"] = Field(description="length of a bar")
    bars: Literal["trade", "quote"] = Field(
        "trade", description="trade = prices paid; quote = bid and ask, given with their middle and the spread"
    )
    tickers: tuple[Ticker, ...] = Field(
        min_length=1, description="current tickers; of a future each contract is a symbol: GC gives GC202004"
    )
    has_map_files: bool = Field(True, description="equities: map_files/ says under which tickers history lies")
    has_factor_files: bool = Field(True, description="equities: factor_files/ holds splits and dividends")
    absent_history: Literal["refuse", "skip"] = Field(
        "refuse", description="archives of former tickers that are not there; skip = those days have no bars"
    )
    sha256: dict[str, Sha256] = Field(
        default_factory=dict,
        description="digests by path under root, such as equity/usa/daily/aapl.zip; without one a file is for try-outs",
    )

    @model_validator(mode="after")
    def _bars_of_security(self) -> Self:
        if self.security == "equity" and (self.market != "usa" or self.bars != "trade"):
            raise ValueError("equities are read as trade bars of market usa")
        if self.security == "forex" and self.bars != "quote":
            raise ValueError("forex files hold quotes; write bars: quote")
        return self


def sources(params: LeanZipParams, root: Path) -> tuple[RawFile, ...]:
    """Return name and digest of each archive, map file and factor file, held against its pin where it has one."""
    return described(_origins(params, root))


def fetch(params: LeanZipParams, root: Path, raw: Path) -> tuple[RawFile, ...]:
    """Copy each archive, map file and factor file into `raw` as it is."""
    return received(_origins(params, root), raw)


def read(params: LeanZipParams, raw: Path, files: Sequence[RawFile]) -> Iterator[Rows]:
    """Read the copies in `raw`, ticker by ticker.

    Cells are text as received. Equities get two columns more: `split_factor` and `dividend`, the latter in the unit of the
    file's prices, on the first row of the session at whose open they take effect. Where that session has no row, one without
    prices carries them; its number is that of the row in the factor file. Quotes get open, high, low, close and spread.
    """
    copies = Copies(params.root, raw, files)
    for ticker in params.tickers:
        if params.security == "equity":
            yield from _equity(params, ticker, copies)
        else:
            yield from _plain(params, ticker, copies)


def _shelf(params: LeanZipParams) -> Shelf:
    return Shelf(params.security, params.market, params.resolution, params.bars)


def _origins(params: LeanZipParams, root: Path) -> tuple[Origin, ...]:
    folder = root / params.root
    places = list(dict.fromkeys(place for ticker in params.tickers for place in _places(params, ticker, folder)))
    unread = sorted(set(params.sha256) - set(places))
    if unread:
        raise DataError(f"connector.sha256 names '{unread[0]}', which is not read. Read are: {', '.join(places)}.")
    return tuple(Origin(folder / each, f"{params.root}/{each}", params.sha256.get(each)) for each in places)


def _places(params: LeanZipParams, ticker: str, folder: Path) -> Iterator[str]:
    """Yield the paths under the data folder of the files that tell of one ticker."""
    shelf, has_records = _shelf(params), params.security == "equity"
    history: tuple[Stretch, ...] = ()
    if has_records and params.has_map_files:
        advice = "set connector.has_map_files: false if the ticker never changed"
        place = present(folder, shelf.map_file(ticker), root=params.root, advice=advice)
        history = read_map_file(folder / place, name=f"{params.root}/{place}")
        yield place
    if has_records and params.has_factor_files:
        advice = "set connector.has_factor_files: false to go without splits and dividends"
        yield present(folder, shelf.factor_file(ticker), root=params.root, advice=advice)
    for former in history[:-1]:
        place = shelf.archive(former.ticker)
        if params.absent_history == "refuse" or (folder / place).is_file():
            advice = f"set connector.absent_history: skip to go without {ticker}'s days up to {former.last_day}"
            yield present(folder, place, root=params.root, advice=advice)
    current = history[-1].ticker if history else ticker
    yield present(folder, shelf.archive(current), root=params.root, advice="mend connector.tickers")


def _plain(params: LeanZipParams, ticker: str, copies: Copies) -> Iterator[Rows]:
    """Yield the rows of an archive in which each member is one instrument."""
    place = _shelf(params).archive(ticker)
    for member, rows in read_archive(copies.path(place), params.bars, name=copies.name(place)):
        symbol = ticker if params.security != "future" else _contract(ticker, member, copies.name(place))
        yield Rows(copies.index(place), symbol, *rows)


def _contract(ticker: str, member: str, name: str) -> str:
    """Return the symbol of a future's contract: its ticker and the last date that the member's name gives.

    Raises
    ------
    DataError
        If the name ends with no month and no day.
    """
    found = re.search(EXPIRY, member)
    if found is None:
        raise DataError(
            f"{name}#{member}: unknown expiry: the name of a contract's file ends with a month or a day, such as "
            f"{ticker.lower()}_trade_202004.csv. Fetch the archive again."
        )
    return f"{ticker}{found[1]}"


def _equity(params: LeanZipParams, ticker: str, copies: Copies) -> Iterator[Rows]:
    """Yield the rows of a security's archives, oldest first, then the actions of sessions without a row."""
    shelf, history = _shelf(params), _history(params, ticker, copies)
    factor_file = shelf.factor_file(ticker)
    waiting = WaitingActions(_actions(copies, factor_file) if params.has_factor_files else {})
    for number, stretch in enumerate(history):
        place = shelf.archive(stretch.ticker)
        if place in copies:
            for _, rows in read_archive(copies.path(place), params.bars, name=copies.name(place)):
                yield from _of_stretch(rows, history, number, ticker, waiting, copies.index(place))
    table, numbers = waiting.without_rows()
    if len(numbers):
        yield Rows(copies.index(factor_file), ticker, table, numbers)


def _of_stretch(
    rows: TextRows, history: Sequence[Stretch], number: int, ticker: str, waiting: WaitingActions, file: int
) -> Iterator[Rows]:
    """Yield those of an archive's rows that lie in a stretch; once an archive also the rows that lie in none of the history."""
    former = history[number].ticker
    is_first = all(each.ticker != former for each in history[:number])
    days = _days(rows.table)
    owners = _owners(days, history, former)
    own, foreign = owners == number, owners < 0
    table = waiting.attached(rows.table.filter(pa.array(own)), days[own])
    yield Rows(file, ticker, table, rows.numbers[own], rows.malformed if is_first else ())
    if is_first and foreign.any():
        table = WaitingActions({}).attached(rows.table.filter(pa.array(foreign)), days[foreign])
        yield Rows(file, f"{former} of another security", table, rows.numbers[foreign])


def _history(params: LeanZipParams, ticker: str, copies: Copies) -> tuple[Stretch, ...]:
    """Return the tickers of a security, oldest first."""
    if not params.has_map_files:
        return (Stretch(ticker.lower(), 0, LAST_DAY),)
    place = _shelf(params).map_file(ticker)
    return read_map_file(copies.path(place), name=copies.name(place))


def _days(table: pa.Table) -> Ints:
    """Return the day of each row, such as 20140402; 0 where the stamp begins with none."""
    text = pc.utf8_slice_codeunits(table.column("ts"), 0, 8)
    digits = pc.if_else(pc.match_substring_regex(text, r"^\d{8}$"), text, "0")
    return np.asarray(digits.cast(pa.int64()), dtype=np.int64)


def _owners(days: Ints, history: Sequence[Stretch], ticker: str) -> Ints:
    """Return the stretch of `ticker` that each day lies in, by its place in the history; -1 = none; no day: the first."""
    owners = np.full(len(days), -1)
    for number in reversed(range(len(history))):
        if history[number].ticker == ticker:
            owners[(days >= history[number].first_day) & (days <= history[number].last_day)] = number
            owners[days == 0] = number
    return owners


def _actions(copies: Copies, place: str) -> dict[int, Action]:
    """Return the splits and dividends of a factor file by the session at whose open they take effect."""
    rows = read_factor_file(copies.path(place), name=copies.name(place))
    changes = changes_between(rows.price_factor, rows.split_factor, rows.reference_price)
    days = sessions_after(rows.day[:-1])
    actions: dict[int, Action] = {}
    for index in np.flatnonzero((changes.split_factor != 1.0) | (changes.dividend != 0.0)):
        day, split = int(days[index]), float(changes.split_factor[index])
        cash = round(float(changes.dividend[index]) * EQUITY_PRICE_SCALE, CASH_DECIMALS)
        before = actions.get(day, Action(1.0, 0.0, 0))
        actions[day] = Action(before.split_factor * split, before.dividend / split + cash, int(index) + 1)
    return actions
