"""Guesses about how a text table is laid out: encoding, separator, header. For drafts only; ingestion never guesses."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from pathlib import Path
from typing import Literal, NamedTuple

from enerqis.core.errors import DataError
from enerqis.spec.tabular import Layout

HEAD_BYTES = 1 << 16
SEPARATORS: tuple[Literal[";", "\t", "|", ","], ...] = (";", "\t", "|", ",")
VALUE = re.compile(r"^[+-]?[\d.,:/ +TZ-]*\d[\d.,:/ +TZ-]*$")


class LayoutGuess(NamedTuple):
    """A layout, and why.

    Parameters
    ----------
    layout : Layout
    reasons : dict of str to str
        Why each key of the layout was chosen, by key.
    """

    layout: Layout
    reasons: dict[str, str]


def guess_layout(path: Path) -> LayoutGuess:
    """Return a layout that the head of the file suggests.

    Raises
    ------
    DataError
        If the file is empty or no text.
    """
    head = _head(path)
    encoding, why_encoding = _encoding(head, path.name)
    everything = head.decode(encoding, "ignore").lstrip("\ufeff").splitlines()[:-1]
    lines = [line for line in everything if line.strip()][:200]
    if path.name.removesuffix(".gz").endswith((".json", ".jsonl")):
        kind: Literal["json", "jsonl"] = "jsonl" if path.name.removesuffix(".gz").endswith(".jsonl") else "json"
        return LayoutGuess(Layout(format=kind, encoding=encoding), {"format": "by the file's name"})
    counts = {mark: [len(row) for row in csv.reader(lines, delimiter=mark)] for mark in SEPARATORS}
    regular = {mark: max(set(found), key=found.count) for mark, found in counts.items() if found}
    separator = max(SEPARATORS, key=lambda mark: (regular.get(mark, 0) > 1, counts[mark].count(regular.get(mark, 0))))
    skipped = _lines_before_the_table(everything[:200], separator, regular.get(separator, 0))
    first = next(csv.reader((line for line in everything[skipped:] if line.strip()), delimiter=separator), [])
    reasons = {"encoding": why_encoding, "separator": f"{regular.get(separator, 0)} fields a line"}
    if skipped:
        reasons["skip_rows"] = f"the first is {everything[0][:40]!r}; CHECK"
    header = None
    if sum(bool(VALUE.match(cell.strip())) for cell in first) * 2 > len(first):
        header = tuple(f"column_{number}" for number in range(1, len(first) + 1))
        reasons["header"] = "the first line holds values, so the columns are named here"
    return LayoutGuess(Layout(encoding=encoding, separator=separator, skip_rows=skipped, header=header), reasons)


def _lines_before_the_table(lines: list[str], separator: str, fields: int) -> int:
    """Return how many lines stand before the first that is as long as the others and mostly filled; blank lines count."""
    if fields < 2:
        return 0
    for number, line in enumerate(lines):
        cells = next(csv.reader([line], delimiter=separator), [])
        if len(cells) == fields and 2 * sum(bool(cell.strip()) for cell in cells) > fields:
            return number
    return 0


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if path.name.endswith(".gz"):
        try:
            with gzip.open(path, "rb") as unpacked:
                head = unpacked.read(HEAD_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
            raise DataError(
                f"{path.name}: the gzip stream is cut short or damaged: {exc}. Fetch the file again."
            ) from exc
    if not head.strip():
        raise DataError(f"{path.name}: the file is empty")
    return head if head.endswith(b"\n") else head + b"\n"


def _encoding(head: bytes, name: str) -> tuple[Literal["utf-8", "cp1252", "utf-16"], str]:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16", "by its byte order mark"
    if b"\0" in head:
        raise DataError(f"{name}: the file is binary. inspect reads CSV, JSON and Parquet, plain or gzipped text")
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as exc:
        if exc.start < len(head) - 4:  # later ones may be a character that the head cuts
            return "cp1252", "it is not UTF-8; latin-1 is the other likely one"
    return "utf-8", "it decodes"
