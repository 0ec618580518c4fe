"""Out of fold: with other bars in a test, what is trained on beside it must not move."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from enerqis.interfaces.cv import Split
from enerqis.interfaces.engine import Floats, Panel
from enerqis.leaks.finding import Finding, instant
from enerqis.leaks.futures import with_noise
from enerqis.quant.intervals import merged

Fitted = Callable[[Panel, Split], Mapping[str, Floats]]
"""From bars and a split to columns; what rests on the bars alone does not look at the split."""


def out_of_fold(produce: Fitted, panel: Panel, splits: Sequence[Split], *, seed: int) -> tuple[Finding, ...]:
    """Return the columns whose values at train rows move when the bars of the split's tests are other ones.

    Parameters
    ----------
    produce : callable
        Makes fitted scores, or labels, of shape (n_bars, n_assets).
    panel : Panel
    splits : sequence of Split
        Ranges of the panel's rows.
    seed : int

    Returns
    -------
    tuple of Finding
        One a column, at the first train row that knows a test.
    """
    found: dict[str, Finding] = {}
    for number, split in enumerate(splits):
        changed, whole = produce(_other_tests(panel, split, seed), split), produce(panel, split)
        for name, values in whole.items():
            moved = ~((values == changed[name]) | (np.isnan(values) & np.isnan(changed[name])))
            is_trained = np.zeros(len(values), dtype=bool)
            for first, last in split.train:
                is_trained[first:last] = True
            moved &= is_trained[:, None]
            if name in found or not moved.any():
                continue
            row, asset = (int(each) for each in np.argwhere(moved)[0])
            found[name] = Finding(
                test="out_of_fold",
                subject=name,
                row=row,
                ts=int(panel.ts[row]),
                symbol=panel.symbols[asset],
                value=float(values[row, asset]),
                expected=float(changed[name][row, asset]),
                fact=f"knows the bars of a test in the train rows of split {number}: it moves when those from "
                f"{instant(int(panel.ts[split.tests[0][0]]))} on are noise",
            )
    return tuple(found.values())


def _other_tests(panel: Panel, split: Split, seed: int) -> Panel:
    """Return `panel` with noise in the rows of the split's tests; splits and dividends stay."""
    other = panel
    for number, (first, last) in enumerate(merged(split.tests)):
        other = with_noise(other, first, np.random.default_rng([seed, number]), last)
    return replace(other, split_factor=panel.split_factor, dividend=panel.dividend)
