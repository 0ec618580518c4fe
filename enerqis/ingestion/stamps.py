"""Columns of stamps to wall clocks and instants, as the dataset declares format, zone and the rule at changes of clocks."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.core.units import NANOSECONDS_PER_DAY, NANOSECONDS_PER_SECOND
from enerqis.io.zones import to_instants, to_local
from enerqis.spec.dataset import Stamp

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EPOCH_UNITS = {"epoch_s": NANOSECONDS_PER_SECOND, "epoch_ms": 1_000_000, "epoch_us": 1_000, "epoch_ns": 1}
ISO_PATTERN = (
    r"^(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"(?:[ T](?P<H>\d{2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.(?P<f>\d{1,9}))?)?)?"
)
OFFSET = r"(?P<z>Z|[+-]\d{2}:?\d{2})"
FIELD_PATTERNS = {"Y": r"\d{4}", "f": r"\d{1,9}", "z": r"Z|[+-]\d{2}:?\d{2}"}
FIRST_NS = int(np.datetime64("1900-01-01", "ns").astype(np.int64))
LAST_NS = int(np.datetime64("2100-01-01", "ns").astype(np.int64))


class Stamps(NamedTuple):
    """Arrays of shape (n,).

    Parameters
    ----------
    instant : ndarray of int64
        UTC ns.
    local : ndarray of int64
        Wall clock of the dataset's zone, ns since 1970-01-01 00:00 of that clock.
    is_malformed : ndarray of bool
        No stamp of the declared format, no date of the calendar, or not between 1900 and 2099.
    is_ambiguous, is_skipped : ndarray of bool
        Shown twice, or never, by the clocks of the zone.
    """

    instant: Ints
    local: Ints
    is_malformed: Flags
    is_ambiguous: Flags
    is_skipped: Flags


def parse_stamps(columns: list[pa.ChunkedArray], stamp: Stamp) -> Stamps:
    """Return the stamps held by one column, or by a column of dates and one of times."""
    column = columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, " ")
    values, is_instant, is_malformed = _values(column, stamp)
    is_malformed |= (values < FIRST_NS) | (values >= LAST_NS)
    if is_malformed.any():
        values = np.where(is_malformed, 0, values)
    nothing = np.zeros(len(values), dtype=bool)
    if is_instant:
        return Stamps(values, to_local(values, stamp.time_zone), is_malformed, nothing, nothing)
    instants, is_ambiguous, is_skipped = to_instants(values, stamp.time_zone, ambiguous=stamp.ambiguous)
    return Stamps(instants, values, is_malformed, is_ambiguous, is_skipped)


def are_dates(columns: list[pa.ChunkedArray], stamp: Stamp) -> Flags:
    """Return which stamps are a date without a time of day: such a stamp names a session, neither its open nor its close."""
    column = columns[0]
    if stamp.format in ("iso", "iso_offset") and len(columns) == 1 and pa.types.is_string(column.type):
        return np.asarray(pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(column)), len("2021-03-01")).fill_null(False))
    is_date = pa.types.is_date(column.type) or (stamp.format.startswith("%") and "%H" not in stamp.format)
    return np.full(len(column), is_date and len(columns) == 1)


def _values(column: pa.ChunkedArray, stamp: Stamp) -> tuple[Ints, bool, Flags]:
    """Return nanoseconds, whether they are instants (else wall clocks), and which cells are malformed."""
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        dtype = pa.timestamp("ns", getattr(column.type, "tz", None))
        values = _integers(column.cast(dtype))
        return values, bool(dtype.tz), np.asarray(pc.is_null(column))
    if stamp.format in EPOCH_UNITS:
        return _epoch(column, EPOCH_UNITS[stamp.format])
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    if stamp.format in ("iso", "iso_offset"):
        has_offset = stamp.format == "iso_offset"
        try:
            values = _integers(text.cast(pa.timestamp("ns", "UTC" if has_offset else None)))
        except pa.ArrowInvalid:
            return _by_pattern(text, ISO_PATTERN + (OFFSET if has_offset else "") + "$")
        return values, has_offset, np.zeros(len(values), dtype=bool)
    return _by_pattern(text, pattern_of(stamp.format))


def pattern_of(stamp_format: str) -> str:
    """Return the regular expression of a format such as ``%d.%m.%Y %H:%M``; one digit will do where marks separate."""
    pieces = re.split(r"(%[A-Za-z])", stamp_format)
    found = ["^"]
    for index, piece in enumerate(pieces):
        if not piece.startswith("%"):
            found.append(re.escape(piece))
            continue
        touches = pieces[index - 1] == "" and index > 1
        touches |= index + 2 < len(pieces) and pieces[index + 1] == ""
        digits = r"\d{2}" if touches else r"\d{1,2}"
        found.append(f"(?P<{piece[1]}>{FIELD_PATTERNS.get(piece[1], digits)})")
    return "".join(found) + "$"


def _by_pattern(text: pa.ChunkedArray, pattern: str) -> tuple[Ints, bool, Flags]:
    fields = pc.extract_regex(pc.utf8_trim_whitespace(text), pattern).combine_chunks()
    is_malformed = np.asarray(pc.is_null(fields))
    names = [fields.type.field(index).name for index in range(fields.type.num_fields)]
    if isinstance(fields, pa.ChunkedArray):
        fields = pa.concat_arrays(fields.chunks) if fields.num_chunks else pa.array([], fields.type)
    cells = dict(zip(names, fields.flatten(), strict=True))
    part = {name: _digits(cells, name) for name in "YmdHMS"}
    months = (part["Y"] - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (part["m"] - 1)
    days = months.astype("datetime64[D]") + (part["d"] - 1)
    is_malformed |= (part["m"] < 1) | (part["m"] > 12) | (part["d"] < 1) | (days.astype("datetime64[M]") != months)
    is_malformed |= (part["H"] > 23) | (part["M"] > 59) | (part["S"] > 59)
    seconds = (part["H"] * 60 + part["M"]) * 60 + part["S"]
    values = days.astype(np.int64) * NANOSECONDS_PER_DAY + seconds * NANOSECONDS_PER_SECOND + _fraction(cells)
    if "z" in cells:
        values = values - _offset(cells["z"])
    return values, "z" in cells, is_malformed


def _digits(cells: dict[str, pa.Array], name: str) -> Ints:
    """Return an optional field of digits as integers, 0 where it is absent."""
    if name not in cells:
        return np.zeros(len(next(iter(cells.values()))), dtype=np.int64)
    text = cells[name]
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)
    return _integers(text.cast(pa.int64()))


def _fraction(cells: dict[str, pa.Array]) -> Ints:
    if "f" not in cells:
        return np.zeros(1, dtype=np.int64)
    return _digits({"f": pc.utf8_rpad(cells["f"], 9, "0")}, "f")


def _offset(text: pa.Array) -> Ints:
    """Return UTC offsets such as +05:30, -0400 or Z in nanoseconds."""
    plain = pc.replace_substring(pc.if_else(pc.equal(text, "Z"), "+0000", text), ":", "")
    hours = _digits({"H": pc.utf8_slice_codeunits(plain, 1, 3)}, "H")
    minutes = _digits({"M": pc.utf8_slice_codeunits(plain, 3, 5)}, "M")
    sign = np.where(np.asarray(pc.fill_null(pc.starts_with(plain, "-"), False)), -1, 1)
    return np.asarray(sign * (hours * 3600 + minutes * 60) * NANOSECONDS_PER_SECOND, dtype=np.int64)


def _epoch(column: pa.ChunkedArray, unit: int) -> tuple[Ints, bool, Flags]:
    if pa.types.is_string(column.type):
        is_number = pc.match_substring_regex(column, r"^-?\d{1,19}$")
        column = pc.if_else(is_number, column, pa.scalar(None, column.type))
    counts = _integers(column.cast(pa.int64()))
    is_malformed = np.asarray(pc.is_null(column)) | (np.abs(counts) > LAST_NS // unit)
    return np.where(is_malformed, 0, counts) * unit, True, is_malformed


def _integers(column: pa.ChunkedArray | pa.Array) -> Ints:
    return np.asarray(pc.fill_null(column.cast(pa.int64()), 0), dtype=np.int64)
