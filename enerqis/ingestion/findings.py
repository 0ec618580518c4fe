"""What the rules over single rows found in one batch: the first rule that refuses a row names it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]

ROW_RULES = (
    "stamp",
    "ambiguous_time",
    "nonexistent_time",
    "number",
    "corporate_action",
    "missing",
    "nonpositive_price",
    "negative_volume",
    "negative_spread",
    "ohlc",
    "off_tick",
    "zero_volume",
    "off_grid",
    "weekend_fill",
    "outside_session",
)
"""Rules in the order they run; a row is named by the first that refuses it."""


class Findings:
    """The first rule that refused each row, and the rows that rules noted or mended.

    Parameters
    ----------
    rows : int
        How many rows the batch has.
    """

    def __init__(self, rows: int) -> None:
        self._refusal = np.full(rows, -1, dtype=np.int8)
        self._noted: list[tuple[str, Flags]] = []
        self._fixed: list[tuple[str, Flags]] = []

    def refuse(self, rule: str, found: Flags) -> None:
        """Refuse rows, unless an earlier rule did."""
        if found.any():
            rank = ROW_RULES.index(rule)
            earlier = (self._refusal >= 0) & (self._refusal <= rank)
            self._refusal = np.where(found & ~earlier, np.int8(rank), self._refusal)

    def act(self, rule: str, found: Flags, action: str) -> None:
        """Refuse rows where the dataset says ``reject``, else note them."""
        if action == "reject":
            self.refuse(rule, found)
        elif found.any():
            self._noted.append((rule, found))

    def fix(self, rule: str, found: Flags) -> None:
        """Count rows as mended."""
        if found.any():
            self._fixed.append((rule, found))

    def kept(self) -> Flags:
        """Return which rows no rule refused."""
        kept: Flags = self._refusal < 0
        return kept

    def refused_before(self, rule: str) -> Flags:
        """Return which rows were refused by a rule that comes before `rule`."""
        refused: Flags = (self._refusal >= 0) & (self._refusal < ROW_RULES.index(rule))
        return refused

    def refusals(self) -> tuple[str, ...]:
        """Return the rule that refused each refused row, in the order of the rows."""
        return tuple(ROW_RULES[rank] for rank in self._refusal[self._refusal >= 0])

    def noted(self) -> Counter[str]:
        """Count the rows that stayed although a rule found them."""
        return self._count(self._noted)

    def fixed(self) -> Counter[str]:
        """Count the rows that stayed mended."""
        return self._count(self._fixed)

    def _count(self, found: list[tuple[str, Flags]]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for rule, mask in found:
            counts[rule] += int(np.count_nonzero(mask & self.kept()))
        return +counts
