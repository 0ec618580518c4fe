"""A finding: what knows what it cannot know yet, at which bar, by how much, and the usual mend."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

MENDS = {
    "truncation": (
        "read bars up to the one that is decided on: no negative shift, no centred window, no mean over the whole sample, "
        "no bar or resample labelled before it closes, nothing kept at module level"
    ),
    "perturbation": (
        "read bars up to the one that is decided on: no negative shift, no centred window, no mean over the whole sample, "
        "no bar or resample labelled before it closes, nothing kept at module level, no choice of symbols by what lives on"
    ),
    "warm_up": "declare as many bars in warmup_bars, or in settling_bars, as the start is remembered",
    "foreknowledge": "find the recorded prices that it reads (a file, a table, a number fitted on them); compute it bar by bar",
    "outside": (
        "write what it needs as parameters, or bring it in as a dataset or a feature, bar by bar: no receipt names it now"
    ),
    "fill_bar": "fill at the first bar of the symbol that opens at or after the decision",
    "fill_price": "fill at a price of the bar that fills: its open, its close, or a named price inside it",
    "label_among_features": "take the column out of what is read, or lag it until its label is known",
    "unpurged_fold": "purge by the label's horizon: leave cv.purge_bars null, or let enerqis.quant.purging say what trains",
    "out_of_fold": "fit on the train rows of each split alone, and declare the window in fit_bars: the embargo then covers it",
    "survivorship": "choose the universe by what was known at its start, those that were delisted later included",
}
"""The usual mend of what each test finds."""


class Finding(NamedTuple):
    """One leak.

    Parameters
    ----------
    test : str
        Key of `MENDS`: the test that found it.
    subject : str
        What leaks: ``strategy sma_cross``, ``feature NAME.COLUMN``, ...
    row : int
        Row of the bar at which it shows; -1 where it is no bar's.
    ts : int
        Close of that bar, UTC ns; -1 where the bars have no instants.
    symbol : str
        Asset; empty where there is one, or all are meant.
    value, expected : float
        What it says at that bar, and what it says, or would be, without the leak.
    fact : str
        What it does, in words that go on after the subject.
    """

    test: str
    subject: str
    row: int
    ts: int
    symbol: str
    value: float
    expected: float
    fact: str

    @property
    def mend(self) -> str:
        """The usual mend."""
        return MENDS[self.test]

    @property
    def bar(self) -> str:
        """The bar in words."""
        if self.ts < 0 and self.row < 0:
            return ""
        when = f"bar {self.row}" if self.ts < 0 else f"the bar closing at {instant(self.ts)}"
        return f"{when} of {self.symbol}" if self.symbol else when

    @property
    def sentence(self) -> str:
        """All of it in one sentence, the mend in a second."""
        figures = ""
        if not (math.isnan(self.value) and math.isnan(self.expected)):
            figures = f" ({self.value:.6g}, not {self.expected:.6g})"
        where = f", at {self.bar}" if self.bar else ""
        return f"{self.subject} {self.fact}{where}{figures}. Usual mend: {self.mend}."

    def tree(self) -> dict[str, Any]:
        """Return it as JSON; numbers that are none are null later."""
        return {
            "test": self.test,
            "subject": self.subject,
            "bar": instant(self.ts) if self.ts >= 0 else None,
            "symbol": self.symbol,
            "value": self.value,
            "expected": self.expected,
            "fact": self.fact,
            "mend": self.mend,
            "sentence": self.sentence,
        }


def instant(ts: int) -> str:
    """Return UTC ns as text, to the second where it is a whole one."""
    text = str(np.datetime64(ts, "ns"))
    return f"{text.removesuffix('.000000000')}Z"
