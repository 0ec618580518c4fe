"""Guesses about what the columns of a table mean, each with its reason. For drafts only; ingestion never guesses."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.errors import DataError
from enerqis.core.units import NANOSECONDS_PER_DAY, NANOSECONDS_PER_SECOND
from enerqis.ingestion.adjustments import NOISE
from enerqis.ingestion.numbers import parse_numbers
from enerqis.ingestion.stamps import parse_stamps
from enerqis.io.calendars import sessions
from enerqis.io.zones import to_instants
from enerqis.spec.dataset import Numbers, Stamp

Ints = npt.NDArray[np.int64]

ALIASES: dict[str, tuple[str, ...]] = {
    "stamp": ("ts", "timestamp", "datetime", "date", "time", "day", "stamp", "gmt time", "local time", "open time"),
    "symbol": ("symbol", "ticker", "instrument", "sym", "asset", "pair"),
    "open": ("open", "o", "first", "bid open", "opening"),
    "high": ("high", "h", "max"),
    "low": ("low", "l", "min"),
    "close": ("close", "c", "last", "price", "settle", "value"),
    "adjusted_close": ("adj close", "adjusted close", "adjclose", "adj"),
    "volume": ("volume", "vol", "v", "tick volume", "tickvol", "size", "quantity"),
}
DATES = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d", "%Y/%m/%d", "%Y-%m-%d", "%Y%m%d")
TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S", " %H%M%S", " %H%M")
EPOCHS = {10: "epoch_s", 13: "epoch_ms", 16: "epoch_us", 19: "epoch_ns"}
MALFORMED_SHARE = 0.02
TICK_DECIMALS_MAX = 5
MINUTE_NS = 60_000_000_000


class Guess(NamedTuple):
    """A value and why it was chosen."""

    value: Any
    why: str


def guess_columns(table: pa.Table) -> dict[str, Guess]:
    """Return which column holds what: by its name, else by its place and values.

    Raises
    ------
    DataError
        If no column looks like stamps or none like prices.
    """
    plain = {name: re.sub(r"[^a-z0-9]+", " ", name.lower()).strip() for name in table.column_names}
    found: dict[str, Guess] = {}
    for role, aliases in ALIASES.items():
        named = [name for alias in aliases for name in table.column_names if plain[name] == alias]
        if named:
            found[role] = Guess(
                next((name for name in named if not _is_zero(table.column(name))), named[0]), "by its name"
            )
    if "stamp" not in found or _is_clock(table.column(found["stamp"].value)):
        found["stamp"] = _first_stamps(table)
    found["stamp"] = _with_clock(table, found["stamp"], {each.value for each in found.values()})
    if "close" not in found:
        found |= _prices_by_place(table, set(found["stamp"].value))
    return found


def guess_stamp_format(columns: list[pa.ChunkedArray]) -> Guess:
    """Return the format that reads the stamps; of several, the one that jumps back least and spans least.

    Raises
    ------
    DataError
        If none does.
    """
    column = columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, " ")
    if not pa.types.is_string(column.type):
        return Guess("iso", "the column has a type of its own")
    lengths = pc.utf8_length(column)
    if pc.all(pc.match_substring_regex(column, r"^\d+$")).as_py() and pc.min(lengths).as_py() in EPOCHS:
        digits = int(pc.min(lengths).as_py())
        return Guess(EPOCHS[digits], f"whole numbers of {digits} digits")
    fits = {}
    for candidate in ("iso", "iso_offset", *(date + time for date in DATES for time in TIMES)):
        parsed = parse_stamps([column], Stamp(format=candidate))
        good = parsed.instant[~parsed.is_malformed]
        if len(good) and parsed.is_malformed.mean() <= MALFORMED_SHARE:
            back = int(np.count_nonzero(np.diff(good) < 0))
            fits[candidate] = (int(parsed.is_malformed.sum()), back, int(good.max() - good.min()))
    if not fits:
        raise DataError(f"no known format reads the stamp '{column[0].as_py()}'. Give the file's dates as YYYY-MM-DD")
    best = min(fits, key=lambda candidate: fits[candidate])
    others = [each for each in fits if each != best and fits[each][0] == fits[best][0] and best not in ("iso",)]
    if not others:
        return Guess(best, "no other format reads every stamp")
    return Guess(best, f"{others[0]} reads them too, but less in order; CHECK")


def guess_numbers(columns: list[pa.ChunkedArray]) -> tuple[Guess, Numbers]:
    """Return decimal mark, thousands mark and marks for missing values that leave no cell unread."""
    if not all(pa.types.is_string(column.type) for column in columns):
        return Guess({}, "the columns have types of their own"), Numbers()
    best: tuple[int, dict[str, Any], Numbers] | None = None
    for decimal, thousands in ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " ")):
        numbers = Numbers.model_validate({"decimal_mark": decimal, "thousands_mark": thousands})
        unread = sum(int(parse_numbers(column, numbers, scale=1.0)[1].sum()) for column in columns)
        if best is None or unread < best[0]:
            best = (unread, {"decimal_mark": decimal, "thousands_mark": thousands}, numbers)
    assert best is not None
    _, marks, numbers = best
    strange = _strange_cells(columns, numbers)
    if strange:
        marks["missing_marks"] = sorted({*numbers.missing_marks, *strange})
        numbers = Numbers.model_validate({**marks, "missing_marks": tuple(marks["missing_marks"])})
    return Guess(marks, f"cells that are no numbers: {', '.join(strange) or 'none'}"), numbers


def guess_events(adjusted_close: pa.ChunkedArray, numbers: Numbers) -> Guess:
    """Return what an adjusted close can tell of: where its last decimal is coarse, its rounding looks like dividends."""
    values = parse_numbers(adjusted_close, numbers, scale=1.0)[0]
    smallest = float(np.nanmin(values, initial=np.inf))
    decimals = _decimals(adjusted_close) if pa.types.is_string(adjusted_close.type) else None
    if decimals is not None and 10.0**-decimals > NOISE * smallest:
        return Guess("splits", f"{decimals} decimals of the adjusted close are too few to tell dividends by; CHECK")
    return Guess("splits_and_dividends", "where the adjusted close moves against the close; CHECK")


def guess_tick(columns: list[pa.ChunkedArray]) -> Guess:
    """Return the grid that the decimals of the prices suggest; 0 where they have too many to be ticks."""
    decimals = 0
    for column in columns:
        if not pa.types.is_string(column.type):
            return Guess(0.0, "binary numbers do not show their decimals")
        decimals = max(decimals, _decimals(column))
    if decimals > TICK_DECIMALS_MAX:
        return Guess(0.0, f"prices have {decimals} decimals: no ticks")
    if decimals == 0:
        return Guess(1.0, "prices are whole numbers, maybe scaled: see numbers.price_scale; CHECK")
    return Guess(round(10.0**-decimals, decimals), f"prices have at most {decimals} decimals")


def guess_frequency(instants: Ints, codes: Ints) -> Guess:
    """Return the most frequent step between neighbours of one symbol; many stamps that come twice ask for a look."""
    order = np.lexsort((instants, codes))
    steps = np.diff(instants[order])[np.diff(codes[order]) == 0]
    repeated = float((steps == 0).mean()) if len(steps) else 0.0
    doubt = (
        f"; {repeated:.0%} of the rows repeat a stamp and would be rejected; CHECK"
        if repeated > MALFORMED_SHARE
        else ""
    )
    steps = steps[steps > 0]
    if not len(steps):
        return Guess("1d", f"one stamp only{doubt or '; CHECK'}")
    values, counts = np.unique(steps, return_counts=True)
    step = int(values[np.argmax(counts)])
    share = counts.max() / counts.sum()
    if step >= 2 * NANOSECONDS_PER_DAY:
        days = step // NANOSECONDS_PER_DAY
        return Guess(
            "1d", f"the coarsest there is; {share:.0%} of the steps are {days} days, those between are missing; CHECK"
        )
    if step >= NANOSECONDS_PER_DAY:
        return Guess("1d", f"{share:.0%} of the steps are a day{doubt}")
    if step < MINUTE_NS:
        seconds = step / NANOSECONDS_PER_SECOND
        return Guess(
            "1min", f"the finest there is; {share:.0%} of the steps are {seconds:g} s and would be off the grid; CHECK"
        )
    minutes = max(1, step // MINUTE_NS)
    text = f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}min"
    return Guess(text, f"{share:.0%} of the steps are {text}{doubt}")


def guess_calendar(local: Ints, *, length: int, has_offset: bool) -> tuple[Guess, Guess, Guess]:
    """Return calendar, time zone, and what becomes of bars outside its sessions.

    Parameters
    ----------
    local : ndarray of shape (n,)
        Wall clocks of the stamps, ns; UTC where they carry an offset.
    length : int
        Of a bar, ns.
    has_offset : bool
    """
    is_daily = length >= NANOSECONDS_PER_DAY
    weekday = (local // NANOSECONDS_PER_DAY + 3) % 7
    saturday, sunday = float((weekday == 5).mean()), float((weekday == 6).mean())
    utc = Guess("UTC", "stamps carry their offset" if has_offset else "the file does not say; CHECK")
    reject = Guess("reject", "no bar lies outside")
    if saturday > 0.05 and sunday > 0.05:
        return Guess("24/7", "bars on Saturdays and Sundays"), utc, reject
    if saturday + sunday > 0.0:
        return Guess("24/5", "few bars on weekends"), utc, Guess("next", "Sunday evening belongs to Monday")
    for zone in ("UTC",) if is_daily or has_offset else ("UTC", "America/New_York"):
        instants = to_instants(local, zone, ambiguous="earliest")[0]
        if _in_new_york_sessions(instants, length):
            why = "the file does not say" if is_daily else "every bar lies in a New York session then"
            return Guess("XNYS", "every bar lies in a session of New York"), Guess(zone, why), reject
    return Guess("24/5", "no bar on a weekend, some outside New York's sessions"), utc, reject


def _in_new_york_sessions(instants: Ints, length: int) -> bool:
    years = instants[[instants.argmin(), instants.argmax()]].astype("datetime64[ns]").astype("datetime64[Y]")
    first, last = (years.astype(np.int64) + 1970).tolist()
    calendar = sessions("XNYS", first, last)
    if length >= NANOSECONDS_PER_DAY:
        return bool(np.isin(instants // NANOSECONDS_PER_DAY, calendar.day).mean() > 0.999)
    index = np.minimum(np.searchsorted(calendar.close, instants, side="right"), len(calendar.day) - 1)
    return bool((calendar.open[index] < instants + length).mean() > 0.99)


def _first_stamps(table: pa.Table) -> Guess:
    for name in table.column_names:
        try:
            guess_stamp_format([table.column(name)])
        except DataError:
            continue
        return Guess(name, "the first column that reads as stamps")
    raise DataError(f"no column looks like stamps; the file has: {', '.join(table.column_names)}")


def _with_clock(table: pa.Table, stamp: Guess, taken: set[str]) -> Guess:
    """Return the columns of the stamp: its own, and where that holds a date only the first of clock times beside it."""
    column = table.column(stamp.value)
    is_date = pa.types.is_string(column.type) and not pc.any(pc.match_substring(column, ":")).as_py()
    clocks = [name for name in table.column_names if name not in taken and _is_clock(table.column(name))]
    if is_date and clocks:
        return Guess((stamp.value, clocks[0]), "date and time stand in two columns")
    return Guess((stamp.value,), stamp.why)


def _is_clock(column: pa.ChunkedArray) -> bool:
    """Return whether a column holds times of day, such as 9:30 or 09:30:00."""
    if not pa.types.is_string(column.type):
        return False
    found = pc.match_substring_regex(column, r"^\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*$")
    return bool((pc.mean(found.cast(pa.int8())).as_py() or 0.0) >= 1.0 - MALFORMED_SHARE)


def _prices_by_place(table: pa.Table, taken: set[str]) -> dict[str, Guess]:
    numeric = [name for name in table.column_names if name not in taken and _is_numeric(table.column(name))]
    if not numeric:
        raise DataError(f"no column looks like prices; the file has: {', '.join(table.column_names)}")
    if len(numeric) < 4:
        found = {"close": Guess(numeric[0], "the first column of numbers; CHECK")}
        return found | (
            {"volume": Guess(numeric[1], "the second column of numbers; CHECK")} if len(numeric) > 1 else {}
        )
    roles = ("open", "high", "low", "close", "volume")
    return {role: Guess(name, "by its place; CHECK") for role, name in zip(roles, numeric, strict=False)}


def _decimals(column: pa.ChunkedArray) -> int:
    """Return the most decimals of a column of text, zeros at the end left out."""
    fraction = pc.extract_regex(column, r"[.,](?P<decimals>\d+)$").combine_chunks()
    digits = pc.utf8_rtrim(pc.struct_field(fraction, [0]), "0")
    return pc.max(pc.utf8_length(digits)).as_py() or 0


def _is_zero(column: pa.ChunkedArray) -> bool:
    """Return whether a column says 0 in every row, as a vendor's column does that is not filled."""
    return bool(pa.types.is_string(column.type)) and pc.unique(column).to_pylist() == ["0"]


def _is_numeric(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_string(column.type):
        return bool(pa.types.is_integer(column.type) or pa.types.is_floating(column.type))
    return bool(
        pc.mean(pc.match_substring_regex(column, r"^[+-]?\d[\d.,' \x{a0}\x{202f}]*$").cast(pa.int8())).as_py() > 0.5
    )


def _strange_cells(columns: list[pa.ChunkedArray], numbers: Numbers) -> list[str]:
    """Return the few short texts that stand where numbers are missing."""
    found: set[str] = set()
    for column in columns:
        is_malformed = parse_numbers(column, numbers, scale=1.0)[1]
        cells = pc.unique(column.filter(pa.array(is_malformed))).to_pylist()
        found |= {cell.strip() for cell in cells if len(cell) <= 8 and not any(each.isdigit() for each in cell)}
    return sorted(found)[:10]
