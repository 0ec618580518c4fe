"""Columns of text to numbers, as the dataset declares marks, scales and missing values."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.spec.dataset import Numbers

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def parse_numbers(column: pa.ChunkedArray, numbers: Numbers, *, scale: float) -> tuple[Floats, Flags]:
    """Return the values of a column, and which cells hold something that is no number.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of shape (n,)
        Text as received, or numbers.
    numbers : Numbers
        Marks and missing values.
    scale : float
        Values are divided by this.

    Returns
    -------
    values : ndarray of shape (n,), float64
        NaN where the cell is missing or no number; correctly rounded.
    is_malformed : ndarray of shape (n,), bool
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        values = np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan), dtype=np.float64)
        is_malformed = np.isinf(values)
    else:
        values, is_malformed = _from_text(column, numbers)
    if is_malformed.any():
        values = np.where(is_malformed, np.nan, values)
    return (values if scale == 1.0 else values / scale), is_malformed


NARROW_BLANKS = ("\u00a0", "\u202f")
"""Blanks that do not break a line: what French and Scandinavian software writes between thousands."""


def _from_text(column: pa.ChunkedArray, numbers: Numbers) -> tuple[Floats, Flags]:
    if numbers.decimal_mark == "." and not numbers.thousands_mark:
        try:
            values = np.asarray(column.cast(pa.float64()))
        except pa.ArrowInvalid:
            pass
        else:
            if np.isfinite(values).all():
                return values, np.zeros(len(values), dtype=bool)
    text = pc.utf8_trim_whitespace(column)
    if numbers.thousands_mark == " ":
        for blank in NARROW_BLANKS:
            text = pc.replace_substring(text, blank, " ")
    is_missing = pc.or_(pc.is_in(text, value_set=pa.array(numbers.missing_marks, text.type)), pc.is_null(text))
    is_number = pc.match_substring_regex(text, _pattern(numbers))
    plain = pc.if_else(is_number, _plain(text, numbers), pa.scalar(None, text.type))
    values = np.asarray(pc.fill_null(plain.cast(pa.float64()), np.nan), dtype=np.float64)
    is_malformed = np.asarray(pc.invert(pc.or_kleene(is_number, is_missing))) | np.isinf(values)  # null text: missing
    return values, is_malformed


def _pattern(numbers: Numbers) -> str:
    """Return the pattern of a number; digits between thousands marks come in threes."""
    decimal, mark = re.escape(numbers.decimal_mark), re.escape(numbers.thousands_mark)
    whole = rf"(\d+|\d{{1,3}}({mark}\d{{3}})+)" if numbers.thousands_mark else r"\d+"
    return rf"^[+-]?({whole}({decimal}\d*)?|{decimal}\d+)([eE][+-]?\d+)?$"


def _plain(text: pa.ChunkedArray, numbers: Numbers) -> pa.ChunkedArray:
    if numbers.thousands_mark:
        text = pc.replace_substring(text, numbers.thousands_mark, "")
    if numbers.decimal_mark != ".":
        text = pc.replace_substring(text, numbers.decimal_mark, ".")
    return pc.utf8_ltrim(text, "+")
