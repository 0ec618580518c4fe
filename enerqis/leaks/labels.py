"""Labels: none among the features, none known before the bars that it looks at, none trained on beside a test that it meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from enerqis.interfaces.cv import Split
from enerqis.interfaces.engine import Floats, Ints, Panel
from enerqis.leaks.finding import Finding, instant

SAME = 0.999
"""Correlation from which on a column says what a label says."""

FEWEST = 30
"""Rows that both must have."""


def label_among_features(
    panel: Panel, features: Mapping[str, Floats], labels: Mapping[str, Floats], known: Mapping[str, Ints]
) -> tuple[Finding, ...]:
    """Return the columns that say at a bar what a label says of it, and is known only later.

    Parameters
    ----------
    panel : Panel
    features, labels : mapping of name to ndarray of shape (n_bars, n_assets)
        Labels stand at the bar they are about.
    known : mapping of label to ndarray of shape (n_bars, n_assets)
        When each is known, UTC ns; a label known at its own bar is none.
    """
    found = []
    for feature, values in features.items():
        for label, told in labels.items():
            both = np.isfinite(values) & np.isfinite(told) & (known[label] > panel.ts[:, None])
            if both.sum() < FEWEST or abs(_correlation(values[both], told[both])) < SAME:
                continue
            row, asset = (int(each) for each in np.argwhere(both)[0])
            fact = f"holds the label {label}, which is known only at {instant(int(known[label][row, asset]))}"
            found.append(_finding("label_among_features", panel, feature, row, asset, values[row, asset], np.nan, fact))
    return tuple(found)


def unpurged(
    panel: Panel, known: Mapping[str, Ints], splits: Sequence[Split], *, begins: Mapping[str, Ints] | None = None
) -> tuple[Finding, ...]:
    """Return the labels of train rows that are known only inside a test or later, and scores fitted on bars of a test.

    Parameters
    ----------
    panel : Panel
    known : mapping of label to ndarray of shape (n_bars, n_assets)
        When each is known, UTC ns; a value of 0 or less = never.
    splits : sequence of Split
        Ranges of the panel's rows.
    begins : mapping of score to ndarray of shape (n_bars, n_assets), optional
        Close of the first bar that each value is fitted on, UTC ns.

    Returns
    -------
    tuple of Finding
        One a column, at the first train row that knows the test; `value` is the number of such rows in its split.
    """
    found: dict[str, Finding] = {}
    for number, split in enumerate(splits):
        for test in split.tests:
            start, end = int(panel.ts[test[0]]), int(panel.ts[test[1] - 1])
            for first, last in split.train:
                rows = slice(first, last)
                for name, instants in known.items():
                    meets = (panel.ts[rows, None] <= end) & (instants[rows] >= start)
                    fact = f"is trained on in split {number} and known only in its test from {instant(start)} on"
                    _note(found, "unpurged_fold", panel, name, meets, first, fact)
                for name, instants in (begins or {}).items():
                    after = panel.ts[rows, None] > end
                    fact = f"is trained on in split {number} and fitted on its test that ends at {instant(end)}"
                    _note(found, "out_of_fold", panel, name, after & (instants[rows] <= end), first, fact)
    return tuple(found.values())


def _note(
    found: dict[str, Finding], test: str, panel: Panel, name: str, meets: np.ndarray, first: int, fact: str
) -> None:
    if name in found or not meets.any():
        return
    row, asset = (int(each) for each in np.argwhere(meets)[0])
    found[name] = _finding(test, panel, name, first + row, asset, float(meets.sum()), 0.0, fact)


def _correlation(left: Floats, right: Floats) -> float:
    """Return the correlation of two series; 0 where one does not vary."""
    left, right = left - left.mean(), right - right.mean()
    scale = float(np.sqrt((left * left).sum() * (right * right).sum()))
    return float((left * right).sum()) / scale if scale > 0.0 else 0.0


def _finding(
    test: str, panel: Panel, name: str, row: int, asset: int, value: float, expected: float, fact: str
) -> Finding:
    return Finding(test, name, row, int(panel.ts[row]), panel.symbols[asset], float(value), expected, fact)
