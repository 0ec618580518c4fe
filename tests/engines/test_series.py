"""Series of an asset that leaves its grid: in ticks before a fractional split, compensated from it on, in both engines."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from enerqis.engines.batching import first_rows
from enerqis.engines.reference.stepping import Stepper
from enerqis.engines.series import SeriesSet
from enerqis.indicators.sma import sma
from enerqis.interfaces.engine import Panel
from tests.engines.scenes import panel_of

TICK, SPLIT_ROW, BARS = 0.01, 40, 3
CALLS = {"mean": sma("close", BARS)}


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Two assets on a grid of cents; the first one splits 3 for 2 in the middle, the second never."""
    cents = np.random.default_rng(5).integers(9_000, 11_000, size=(80, 2))
    split = np.ones((80, 2))
    split[SPLIT_ROW, 0] = 1.5
    return replace(panel_of(cents / 100.0, split=split), tick_size=np.array([TICK, TICK]))


def computed(panel: Panel, folder: Path, *, tile: int = 13) -> np.ndarray:
    """The series of the kernel, of shape (n_bars, n_assets), in tiles that do not end where the split is."""
    series = SeriesSet(panel, CALLS.values(), folder, is_compiled=False)
    parts = []
    for first in range(0, len(panel.ts), tile):
        last = min(first + tile, len(panel.ts))
        block = np.empty((1, last - first, 2))
        series.compute([(first, last)], [block])
        parts.append(block[0])
    return np.concatenate(parts)


def stepped(panel: Panel) -> np.ndarray:
    """The series as the engine zipline steps them."""
    stepper = Stepper(panel, CALLS)
    rows = [stepper.step(row) for row in range(len(panel.ts))]
    return np.array([[each.of_asset(asset).mean for asset in range(2)] for each in rows])


def test_a_later_fractional_split_changes_no_earlier_bit(panel: Panel, tmp_path: Path) -> None:
    whole = computed(panel, tmp_path)
    for rows in (20, SPLIT_ROW, SPLIT_ROW + 1, 60):
        assert computed(first_rows(panel, rows), tmp_path).tobytes() == whole[:rows].tobytes()
        assert stepped(first_rows(panel, rows)).tobytes() == stepped(panel)[:rows].tobytes()


def test_both_engines_compute_the_same_bits(panel: Panel, tmp_path: Path) -> None:
    assert computed(panel, tmp_path).tobytes() == stepped(panel).tobytes()


def test_means_are_of_ticks_before_the_split_and_exact_after_it(panel: Panel, tmp_path: Path) -> None:
    found = computed(panel, tmp_path)
    factor = np.cumprod(panel.split_factor, axis=0)
    in_ticks, exact = [], []
    for row in range(BARS - 1, 80):
        window = panel.close[row - BARS + 1 : row + 1]
        in_ticks.append([float(Fraction(int(np.rint(each / TICK).sum()), BARS)) * TICK for each in window.T])
        prices = (window * factor[row - BARS + 1 : row + 1]).T.tolist()
        exact.append([float(sum(map(Fraction, each)) / BARS) for each in prices])
    place = SPLIT_ROW - BARS + 1
    assert found[BARS - 1 : SPLIT_ROW].tolist() == in_ticks[:place]
    assert found[SPLIT_ROW:, 0].tolist() == [row[0] for row in exact[place:]]
    assert found[SPLIT_ROW:, 1].tolist() == [row[1] for row in in_ticks[place:]]
    assert in_ticks[:place] != exact[:place]  # the choice shows
