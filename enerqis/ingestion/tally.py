"""Counts of one ingestion: what was received, and what became of it, by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Rows so far; rejected ones are counted where they are kept, in `Rejections`.

    Parameters
    ----------
    received : int
        Rows of all raw files, malformed ones included.
    not_selected : int
        Rows of symbols that the dataset does not name.
    merged : int
        Rows that went into coarser bars.
    differing : int
        Rows of one symbol and instant with other values than the one kept.
    noted : Counter
        Rows kept although a rule found them, by rule.
    fixed : Counter
        Rows mended, by rule.
    """

    received: int = 0
    not_selected: int = 0
    merged: int = 0
    differing: int = 0
    noted: Counter[str] = field(default_factory=Counter)
    fixed: Counter[str] = field(default_factory=Counter)
